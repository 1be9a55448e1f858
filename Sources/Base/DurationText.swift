/// Durations as Go programs write them: `1.2s`, `100ms`, `500us`, `1m30s`.
public enum DurationText {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Nil when the text is no duration.
    public static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let suffix = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(suffix.count)
            guard let number = Double(digits), let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
            total += number * unit.nanoseconds
        }
        return total < 9e18 ? .nanoseconds(Int64(total)) : nil
    }
}
