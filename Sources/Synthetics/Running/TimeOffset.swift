import Base

/// `3d`, `-10 min`, `+2`: a whole number of a unit of time.
struct TimeOffset: Equatable {
    let duration: Duration

    /// - Parameter unit: Counts when the text names none.
    init?(_ text: some StringProtocol, unit: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "-" || $0 == "+") }
        let named = text[digits.endIndex...].drop { $0 == " " }
        // A century in milliseconds: beyond it a time would not fit its type.
        guard let count = Int64(digits), abs(count) <= 3_155_760_000_000, let length = Self.milliseconds(named.isEmpty ? String(unit) : String(named)),
            case let (total, overflow) = count.multipliedReportingOverflow(by: length), !overflow, abs(total) <= 3_155_760_000_000
        else { return nil }
        duration = .milliseconds(total)
    }

    private static func milliseconds(_ unit: String) -> Int64? {
        switch unit {
        case "ms": 1
        case "s", "sec", "second", "seconds": 1_000
        case "m", "min", "minute", "minutes": 60_000
        case "h", "hour", "hours": 3_600_000
        case "d", "day", "days": 86_400_000
        case "w", "week", "weeks": 604_800_000
        default: nil
        }
    }
}
