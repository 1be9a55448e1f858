/// What makes recorded requests one session, whose requests are sent one after the other.
public enum SessionRule: Sendable, Equatable {
    /// Requests that share a generated value of a cookie, of `Authorization` or of a field with a token's name, in the request or set by a
    /// recorded response before it; requests without any, the connection they came over, when the recording tells.
    case automatic
    /// The connection they came over.
    case connection
    /// The value of one cookie.
    case cookie(String)
    /// The value of one header field.
    case header(String)
    /// None: every request on its own.
    case none

    /// Reads `auto`, `connection`, `none`, `cookie:NAME`, `header:NAME`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("auto", 1): self = .automatic
        case ("connection", 1): self = .connection
        case ("none", 1): self = .none
        case ("cookie", 2): self = .cookie(parts[1])
        case ("header", 2): self = .header(parts[1])
        default: return nil
        }
    }
}
