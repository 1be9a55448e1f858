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
}
