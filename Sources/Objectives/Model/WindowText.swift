import Base

/// Windows as the manifests write them: Go durations (`1h0m0s`, `5m0s`), OpenSLO's (`30d`, `1w`), ISO 8601 (`PT1H`, `P1D`).
enum WindowText {
    /// Nil for anything else and for windows of no length.
    static func parse(_ text: String) -> Duration? {
        if text.hasPrefix("P") { return iso(text.dropFirst()) }
        var rest = text[...]
        var seconds = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let count = Double(number), let length = units[String(unit)] else { return nil }
            seconds += count * length
        }
        return duration(seconds)
    }

    private static let units = [
        "ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "M": 2_592_000, "Q": 7_776_000, "Y": 31_536_000,
    ]

    private static func iso(_ text: Substring) -> Duration? {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        var seconds = 0.0
        for (part, units) in zip(parts, [["D": 86_400.0, "W": 604_800, "M": 2_592_000, "Y": 31_536_000], ["H": 3_600, "M": 60, "S": 1]]) {
            var rest = part
            while !rest.isEmpty {
                let number = rest.prefix { $0.isNumber || $0 == "." }
                rest = rest[number.endIndex...]
                guard let count = Double(number), let unit = rest.popFirst(), let length = units[String(unit)] else { return nil }
                seconds += count * length
            }
        }
        return duration(seconds)
    }

    private static func duration(_ seconds: Double) -> Duration? {
        // Up to a hundred years; more could not be counted in nanoseconds.
        seconds > 0 && seconds < 3.2e9 ? .milliseconds(Int64(seconds * 1_000)) : nil
    }

    /// As Go writes durations: `1h0m0s`, `5m0s`, `30s`.
    static func go(_ window: Duration) -> String {
        // Parts of windows are rarely whole seconds.
        let seconds = (window.nanoseconds + 500_000_000) / 1_000_000_000
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m\(seconds % 60)s" }
        return "\(seconds / 3_600)h\(seconds % 3_600 / 60)m\(seconds % 60)s"
    }

    /// For people: `30d`, `1d`, `1h0m0s`.
    static func short(_ window: Duration) -> String {
        let seconds = window.nanoseconds / 1_000_000_000
        return seconds > 0 && seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : go(window)
    }

    /// ISO 8601: `P30D`, `PT1H`, `PT5M`.
    static func iso8601(_ window: Duration) -> String {
        let seconds = window.nanoseconds / 1_000_000_000
        if seconds > 0, seconds % 86_400 == 0 { return "P\(seconds / 86_400)D" }
        let parts = [(seconds / 3_600, "H"), (seconds % 3_600 / 60, "M"), (seconds % 60, "S")].filter { $0.0 > 0 }
        return "PT" + (parts.isEmpty ? "0S" : parts.map { "\($0.0)\($0.1)" }.joined())
    }

    /// As PromQL writes ranges: one number and one unit.
    static func prometheus(_ window: Duration) -> String {
        let seconds = window.nanoseconds / 1_000_000_000
        for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] as [(Int64, String)] where seconds >= length && seconds % length == 0 {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }
}
