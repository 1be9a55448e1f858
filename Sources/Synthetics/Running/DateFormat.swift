import Base

/// Dates in the letters that Datadog's formats have: `YYYY-MM-DD`, `HH:mm:ss`, `SSS`.
enum DateFormat {
    static func text(_ time: Timestamp, _ format: String) -> String {
        let civil = CivilTime(time)
        var out = ""
        var rest = format[...]
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            out += field(String(run), civil, time) ?? String(run)
            rest = rest[run.endIndex...]
        }
        return out
    }

    private static func field(_ letters: String, _ civil: CivilTime, _ time: Timestamp) -> String? {
        switch letters {
        case "YYYY", "yyyy": padded(civil.year, 4)
        case "YY", "yy": padded(civil.year % 100, 2)
        case "MMM": CivilTime.monthNames[civil.month - 1]
        case "MM": padded(civil.month, 2)
        case "M": String(civil.month)
        case "DD", "dd": padded(civil.day, 2)
        case "D", "d": String(civil.day)
        case "HH": padded(civil.hour, 2)
        case "hh": padded((civil.hour + 11) % 12 + 1, 2)
        case "mm": padded(civil.minute, 2)
        case "ss": padded(civil.second, 2)
        case "SSS": padded(civil.nanosecond / 1_000_000, 3)
        case "A": civil.hour < 12 ? "AM" : "PM"
        case "X": String(time.seconds)
        case "x": String(time.milliseconds)
        default: nil
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
