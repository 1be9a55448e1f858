/// A point in time: nanoseconds since the Unix epoch, never going backwards within one loop.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(nanoseconds: left.nanoseconds &+ right.nanoseconds)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanoseconds &- right.nanoseconds)
    }

    public var microseconds: Int64 { nanoseconds / 1_000 }
    public var milliseconds: Int64 { nanoseconds / 1_000_000 }
    public var seconds: Int64 { nanoseconds / 1_000_000_000 }
}

extension Duration {
    /// The whole duration in nanoseconds; exact up to about 292 years.
    public var nanoseconds: Int64 {
        let parts = components
        return parts.seconds &* 1_000_000_000 &+ parts.attoseconds / 1_000_000_000
    }

    public var milliseconds: Double { Double(nanoseconds) / 1_000_000 }

    /// A duration from a possibly fractional count of milliseconds, as packs give it.
    public static func milliseconds(exactly value: Double) -> Duration { .nanoseconds(Int64(value * 1_000_000)) }
}

/// The parts of a UTC date, computed without Foundation because log lines and headers need them on the hot path.
public struct CivilTime: Hashable, Sendable {
    public var year: Int, month: Int, day: Int
    public var hour: Int, minute: Int, second: Int, nanosecond: Int
    /// 0 is Sunday.
    public var weekday: Int

    /// Source of the algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    public init(_ time: Timestamp) {
        var days = time.nanoseconds / 86_400_000_000_000
        var rest = time.nanoseconds % 86_400_000_000_000
        if rest < 0 { rest += 86_400_000_000_000; days -= 1 }
        weekday = Int(((days + 4) % 7 + 7) % 7)
        nanosecond = Int(rest % 1_000_000_000)
        let seconds = Int(rest / 1_000_000_000)
        (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    public static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    public static let weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}

extension Timestamp {
    /// Formats with the strftime letters that log formats use: `Y m d H M S b a j` and, beyond strftime, `f` (microseconds),
    /// `L` (milliseconds), `N` (nanoseconds), `s` (epoch seconds), `%`. Always UTC.
    public func formatted(_ format: String) -> String {
        let civil = CivilTime(self)
        var out: [UInt8] = []
        out.reserveCapacity(format.utf8.count + 16)
        var escaped = false
        for byte in format.utf8 {
            guard escaped else {
                if byte == UInt8(ascii: "%") { escaped = true } else { out.append(byte) }
                continue
            }
            escaped = false
            switch byte {
            case UInt8(ascii: "Y"): out.append(padded: civil.year, to: 4)
            case UInt8(ascii: "m"): out.append(padded: civil.month, to: 2)
            case UInt8(ascii: "d"): out.append(padded: civil.day, to: 2)
            case UInt8(ascii: "H"): out.append(padded: civil.hour, to: 2)
            case UInt8(ascii: "M"): out.append(padded: civil.minute, to: 2)
            case UInt8(ascii: "S"): out.append(padded: civil.second, to: 2)
            case UInt8(ascii: "L"): out.append(padded: civil.nanosecond / 1_000_000, to: 3)
            case UInt8(ascii: "f"): out.append(padded: civil.nanosecond / 1_000, to: 6)
            case UInt8(ascii: "N"): out.append(padded: civil.nanosecond, to: 9)
            case UInt8(ascii: "b"): out.append(contentsOf: CivilTime.monthNames[civil.month - 1].utf8)
            case UInt8(ascii: "a"): out.append(contentsOf: CivilTime.weekdayNames[civil.weekday].utf8)
            case UInt8(ascii: "s"): out.append(decimal: Int(seconds))
            case UInt8(ascii: "%"): out.append(byte)
            default: out.append(UInt8(ascii: "%")); out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    public var httpDate: String { formatted("%a, %d %b %Y %H:%M:%S GMT") }

    /// `2026-01-31T08:49:37.123Z` (RFC 3339).
    public var iso8601: String { formatted("%Y-%m-%dT%H:%M:%S.%LZ") }
}
