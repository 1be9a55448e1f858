import Base

/// One piece of a compiled time format. The letters are those of `Timestamp.formatted`, and `F`; compiled, because every log line needs it.
enum TimePart: Sendable {
    case literal(UInt8)
    case year, month, day, hour, minute, second, milliseconds, microseconds, nanoseconds, fraction, monthName, weekdayName, epochSeconds

    static let iso8601 = parse("%Y-%m-%dT%H:%M:%S.%LZ")!

    /// Nil when a letter after `%` is not known.
    static func parse(_ format: String) -> [TimePart]? {
        var parts: [TimePart] = []
        var isEscaped = false
        for byte in format.utf8 {
            guard isEscaped else {
                if byte == UInt8(ascii: "%") { isEscaped = true } else { parts.append(.literal(byte)) }
                continue
            }
            isEscaped = false
            guard let part = part(for: byte) else { return nil }
            parts.append(part)
        }
        return isEscaped ? nil : parts
    }

    private static func part(for letter: UInt8) -> TimePart? {
        switch letter {
        case UInt8(ascii: "Y"): .year
        case UInt8(ascii: "m"): .month
        case UInt8(ascii: "d"): .day
        case UInt8(ascii: "H"): .hour
        case UInt8(ascii: "M"): .minute
        case UInt8(ascii: "S"): .second
        case UInt8(ascii: "L"): .milliseconds
        case UInt8(ascii: "f"): .microseconds
        case UInt8(ascii: "N"): .nanoseconds
        case UInt8(ascii: "F"): .fraction
        case UInt8(ascii: "b"): .monthName
        case UInt8(ascii: "a"): .weekdayName
        case UInt8(ascii: "s"): .epochSeconds
        case UInt8(ascii: "%"): .literal(letter)
        default: nil
        }
    }

    static func write(_ parts: [TimePart], _ time: Timestamp, into out: inout [UInt8]) {
        let civil = CivilTime(time)
        for part in parts {
            switch part {
            case .literal(let byte): out.append(byte)
            case .year: out.append(padded: civil.year, to: 4)
            case .month: out.append(padded: civil.month, to: 2)
            case .day: out.append(padded: civil.day, to: 2)
            case .hour: out.append(padded: civil.hour, to: 2)
            case .minute: out.append(padded: civil.minute, to: 2)
            case .second: out.append(padded: civil.second, to: 2)
            case .milliseconds: out.append(padded: civil.nanosecond / 1_000_000, to: 3)
            case .microseconds: out.append(padded: civil.nanosecond / 1_000, to: 6)
            case .nanoseconds: out.append(padded: civil.nanosecond, to: 9)
            case .fraction: appendFraction(civil.nanosecond, to: &out)
            case .monthName: out.append(CivilTime.monthNames[civil.month - 1])
            case .weekdayName: out.append(CivilTime.weekdayNames[civil.weekday])
            case .epochSeconds: out.append(decimal: Int(time.seconds))
            }
        }
    }

    /// As Go prints it: with its point and without zeros at the end; nothing when it is 0.
    private static func appendFraction(_ nanosecond: Int, to out: inout [UInt8]) {
        guard nanosecond > 0 else { return }
        out.append(UInt8(ascii: "."))
        out.append(padded: nanosecond, to: 9)
        while out.last == UInt8(ascii: "0") { out.removeLast() }
    }
}
