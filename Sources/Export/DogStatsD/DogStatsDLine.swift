import Base

/// Lines of the DogStatsD protocol (version 1.1), without the line break.
enum DogStatsDLine {
    enum Kind: String { case counter = "c", gauge = "g", distribution = "d" }

    enum CheckStatus: Int, Sendable { case ok = 0, warning, critical, unknown }

    /// - Parameters:
    ///   - times: How often the value was observed; more than once is said as a sample rate.
    ///   - tags: As `DogStatsDTags.text` gives them.
    static func metric(_ name: String, _ value: Double, _ kind: Kind, times: Int = 1, tags: String) -> String {
        // The agent turns the rate back with a division and cuts the fraction: a little less than 1/n makes that n and not n - 1.
        let rate = times > 1 ? "|@\(1 / (Double(times) + 0.001))" : ""
        return "\(self.name(name)):\(text(value))|\(kind.rawValue)\(rate)\(tags)"
    }

    /// - Parameter source: For example `deployment`; empty for none.
    static func event(title: String, text: String, at time: Timestamp, key: String, source: String, isError: Bool = false, tags: String) -> String {
        let (title, text) = (escaped(title), escaped(text))
        var line = "_e{\(title.utf8.count),\(text.utf8.count)}:\(title)|\(text)|d:\(time.seconds)"
        if !key.isEmpty { line += "|k:\(escaped(key))" }
        if !source.isEmpty { line += "|s:\(escaped(source))" }
        return line + "|t:\(isError ? "error" : "info")\(tags)"
    }

    static func check(_ name: String, _ status: CheckStatus, at time: Timestamp, message: String, tags: String) -> String {
        // The message comes last: it may hold anything.
        "_sc|\(self.name(name))|\(status.rawValue)|d:\(time.seconds)\(tags)" + (message.isEmpty ? "" : "|m:\(escaped(message))")
    }

    /// ASCII letters, digits, `_` and dots; everything else becomes `_`.
    static func name(_ name: String) -> String {
        String(decoding: name.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "_"): byte
            default: UInt8(ascii: "_")
            }
        }, as: UTF8.self)
    }

    /// With nine decimals at most, nanoseconds where the value is in seconds, and without an exponent, which not every server reads.
    private static func text(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        guard value.magnitude < 1e9 else { return String(Int64(min(9.2e18, max(-9.2e18, value)))) }
        let billionths = Int((value.magnitude * 1e9).rounded())
        var digits = String(billionths % 1_000_000_000)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(value < 0 ? "-" : "")\(billionths / 1_000_000_000)" + (digits.isEmpty ? "" : "." + digits)
    }

    private static func escaped(_ text: String) -> String {
        text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: "\\n") : text
    }
}
