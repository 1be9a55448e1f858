import Base

extension Duration {
    /// Reads lengths of time as people type them: `30s`, `1h30m`, `2.5s`, `250ms`, and a plain number as seconds. Nil for anything else
    /// and for more than a thousand days.
    public init?(text: String) {
        var rest = Substring(text)
        var seconds = 0.0
        repeat {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits) else { return nil }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { $0.isLetter }
            rest = rest[letters.endIndex...]
            guard let unit = Self.secondsByUnit[String(letters)] else { return nil }
            if letters.isEmpty, digits.startIndex != text.startIndex || !rest.isEmpty { return nil }
            seconds += number * unit
        } while !rest.isEmpty
        guard seconds <= 86_400_000 else { return nil }
        self = .nanoseconds(Int64(seconds * 1e9))
    }

    private static let secondsByUnit = ["": 1, "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3_600, "d": 86_400]

    /// For people: `0.412 ms`, `12.5 ms`, `2.503 s`, `8 min 38.6 s`, `2 h 5 min`.
    public var brief: String {
        let milliseconds = milliseconds
        if milliseconds < 0 { return "-" + (Duration.zero - self).brief }
        if milliseconds < 10 { return Self.decimal(milliseconds, places: 3) + " ms" }
        if milliseconds < 1_000 { return Self.decimal(milliseconds, places: 1) + " ms" }
        let seconds = milliseconds / 1_000
        if seconds < 60 { return Self.decimal(seconds, places: 3) + " s" }
        if seconds < 3_600 { return "\(Int(seconds) / 60) min \(Self.decimal(seconds - Double(Int(seconds) / 60 * 60), places: 1)) s" }
        return "\(Int(seconds) / 3_600) h \(Int(seconds) / 60 % 60) min"
    }

    private static func decimal(_ number: Double, places: Int) -> String {
        let scale = [1, 10, 100, 1_000][places]
        let scaled = Int((number * Double(scale)).rounded())
        guard scaled % scale != 0 else { return String(scaled / scale) }
        let digits = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
    }
}
