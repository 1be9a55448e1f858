import Base

/// 128-bit trace identifier; the high half is zero for identifiers that came from 64-bit tracers.
public struct TraceID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses 1 to 32 hexadecimal digits, padding short ones with zeros on the left; nil for anything else and for zero.
    public init?(hex text: some StringProtocol) {
        let digits = Substring(text).utf8
        guard (1...32).contains(digits.count) else { return nil }
        let split = digits.index(digits.startIndex, offsetBy: max(0, digits.count - 16))
        guard let low = UInt64(hexDigits: digits[split...]) else { return nil }
        var high: UInt64 = 0
        if split > digits.startIndex {
            guard let parsed = UInt64(hexDigits: digits[..<split]) else { return nil }
            high = parsed
        }
        if high == 0 && low == 0 { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { high.hex + low.hex }
}

extension [UInt8] {
    /// Appends 32 lower-case hexadecimal digits.
    public mutating func append(_ trace: TraceID) {
        append(hex: trace.high)
        append(hex: trace.low)
    }
}
