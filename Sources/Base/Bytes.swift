extension [UInt8] {
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends the decimal digits of an integer.
    public mutating func append(decimal value: Int) {
        if value >= 0 && value < 10 { append(UInt8(truncatingIfNeeded: value) &+ 48); return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value.magnitude
            var start = 20
            repeat {
                start -= 1
                digits[start] = UInt8(truncatingIfNeeded: rest % 10) &+ 48
                rest /= 10
            } while rest > 0
            if value < 0 { append(UInt8(ascii: "-")) }
            append(contentsOf: digits[start..<20])
        }
    }

    /// Appends a non-negative integer with leading zeros up to `width` digits.
    public mutating func append(padded value: Int, to width: Int) {
        // Parts of times: two digits each.
        if width == 2 && value >= 0 && value < 100 {
            append(UInt8(truncatingIfNeeded: value / 10) &+ 48)
            append(UInt8(truncatingIfNeeded: value % 10) &+ 48)
            return
        }
        var limit = 10
        for _ in 1..<Swift.max(width, 1) {
            if value < limit { append(48) }
            limit = limit &* 10
        }
        // The loop above emits one zero for each missing digit; what remains is the number itself.
        append(decimal: value)
    }

    /// Appends `width` lower-case hexadecimal digits.
    public mutating func append(hex value: UInt64, width: Int = 16) {
        var shift = UInt64(width) &* 4
        while shift > 0 {
            shift &-= 4
            let digit = UInt8(truncatingIfNeeded: (value >> shift) & 15)
            append(digit < 10 ? 48 &+ digit : 87 &+ digit)
        }
    }
}

extension UInt64 {
    /// 16 lower-case hexadecimal digits.
    public var hex: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        bytes.append(hex: self)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Parses 1 to 16 hexadecimal digits; nil for anything else.
    @inlinable
    public init?(hexDigits digits: some Collection<UInt8>) {
        guard (1...16).contains(digits.count) else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = byte.hexDigitValue else { return nil }
            value = value << 4 | UInt64(digit)
        }
        self = value
    }
}

extension UInt8 {
    @inlinable
    public var hexDigitValue: UInt8? {
        switch self {
        case 48...57: self &- 48
        case 97...102: self &- 87
        case 65...70: self &- 55
        default: nil
        }
    }
}

/// Base64 (RFC 4648 §4), and the URL-safe alphabet of §5 without padding.
public enum Base64 {
    private static let standard = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public static func encode(_ bytes: some Collection<UInt8>, urlSafe: Bool = false) -> String {
        // Lent memory: generic code that other modules call fetches every byte by a call.
        bytes.withContiguousStorageIfAvailable { encode($0, urlSafe) } ?? Array(bytes).withUnsafeBufferPointer { encode($0, urlSafe) }
    }

    private static func encode(_ bytes: UnsafeBufferPointer<UInt8>, _ urlSafe: Bool) -> String {
        (urlSafe ? Self.urlSafe : Self.standard).withUnsafeBufferPointer { alphabet in
            String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out in
                var count = 0
                func write(_ sextet: UInt32) {
                    out[count] = alphabet[Int(sextet & 63)]
                    count += 1
                }
                var index = 0
                while index + 3 <= bytes.count {
                    let three = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
                    write(three >> 18)
                    write(three >> 12)
                    write(three >> 6)
                    write(three)
                    index += 3
                }
                let rest = bytes.count - index
                guard rest > 0 else { return count }
                let last = UInt32(bytes[index]) << 16 | (rest == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
                write(last >> 18)
                write(last >> 12)
                if rest == 2 { write(last >> 6) }
                while !urlSafe, count % 4 != 0 {
                    out[count] = UInt8(ascii: "=")
                    count += 1
                }
                return count
            }
        }
    }

    /// Accepts both alphabets, with or without padding; nil when another character appears.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { String(text).lend(decode) }

    private static func decode(_ text: LentText) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3 + 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in text {
            let digit: UInt32
            switch byte {
            case 65...90: digit = UInt32(byte) - 65
            case 97...122: digit = UInt32(byte) - 71
            case 48...57: digit = UInt32(byte) + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            buffer = buffer << 6 | digit
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return out
    }
}

/// The 64-bit Fowler-Noll-Vo hash (FNV-1a): for entity tags and state comparison, not for secrets.
public struct Fingerprint: Hashable, Sendable {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    public init(_ bytes: some Sequence<UInt8>) {
        combine(bytes)
    }

    public mutating func combine(_ bytes: some Sequence<UInt8>) {
        // Strings and arrays lend their memory: no iterator call for each of what may be megabytes.
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            var value = value
            for byte in buffer { value = Self.combining(value, byte) }
            self.value = value
        }
        guard isDone == nil else { return }
        for byte in bytes { value = Self.combining(value, byte) }
    }

    private static func combining(_ value: UInt64, _ byte: UInt8) -> UInt64 { (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
