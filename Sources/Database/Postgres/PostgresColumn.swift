import Base
import CLibPQ

/// How a column's text becomes a value.
enum PostgresColumn {
    case integer
    case double
    case numeric
    case boolean
    case bytes
    case text

    /// Object identifiers from PostgreSQL's catalogue (`pg_type.dat`); types that are not listed stay text.
    init(type: Oid) {
        switch type {
        case 20, 21, 23, 26: self = .integer
        case 700, 701: self = .double
        case 1700: self = .numeric
        case 16: self = .boolean
        case 17: self = .bytes
        default: self = .text
        }
    }

    func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        switch self {
        case .integer: .int(Self.integer(bytes) ?? 0)
        case .boolean: .int(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case .double: .double(Double(Self.string(bytes)) ?? .nan)
        case .numeric: Self.numeric(bytes)
        case .bytes: .bytes(Self.decoded(bytes))
        case .text: .string(Self.string(bytes))
        }
    }

    private static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A sum of 64-bit integers is numeric without a fraction, where SQLite gives an integer; so do we.
    private static func numeric(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        if let number = integer(bytes) { return .int(number) }
        return .double(Double(string(bytes)) ?? .nan)
    }

    /// Decimal digits with an optional minus; nil for anything else and beyond 64 bits.
    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty else { return nil }
        var value = 0
        for byte in digits {
            guard byte >= 48 && byte <= 57 else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            // Downwards, because the least integer has no positive counterpart.
            let (next, overflowToo) = tenfold.subtractingReportingOverflow(Int(byte &- 48))
            if overflow || overflowToo { return nil }
            value = next
        }
        return isNegative ? value : value == .min ? nil : -value
    }

    /// `\x` and hexadecimal digits, as the server writes since version 9.0.
    private static func decoded(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 2)
        var index = 2
        while index + 1 < bytes.count {
            out.append((bytes[index].hexDigitValue ?? 0) << 4 | (bytes[index + 1].hexDigitValue ?? 0))
            index += 2
        }
        return out
    }
}
