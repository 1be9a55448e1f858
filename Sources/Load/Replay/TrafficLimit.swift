/// What GoReplay takes behind a `|`: `200%` or `10`.
public enum TrafficLimit: Sendable, Equatable {
    /// Of a file: its speed. Of a target: the share of requests that are sent.
    case percent(Int)
    /// Requests a second at most; the rest is dropped.
    case perSecond(Int)

    /// Takes `file.gor|200%` apart.
    ///
    /// - Returns: The limit is nil when there is no `|`; nil when there is one with something else behind it.
    public static func split(_ text: String) -> (text: String, limit: TrafficLimit?)? {
        guard let bar = text.lastIndex(of: "|") else { return (text, nil) }
        let before = String(text[..<bar])
        let limit = text[text.index(after: bar)...]
        if limit.hasSuffix("%") { return Int(limit.dropLast()).flatMap { $0 > 0 ? (before, .percent($0)) : nil } }
        return Int(limit).flatMap { $0 > 0 ? (before, .perSecond($0)) : nil }
    }
}
