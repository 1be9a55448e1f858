import Base

/// What a recorded span knows beyond its template; attributes are made of it when somebody reads them.
public enum SpanFact: String, Sendable, CaseIterable {
    /// Of an HTTP request or call.
    case method
    /// Path and query as sent.
    case target
    /// As sent.
    case path
    /// Without the question mark; unknown when there is none.
    case query
    /// The query's names without values, each once, behind a question mark: `?page&per_page`; empty without a query.
    case keys
    /// `http://host:port/path`, without the query.
    case url
    /// Host and port as the request names them.
    case host
    case hostname
    /// Of the host; 80 when the request names none.
    case port
    /// Address of the peer.
    case client
    case userAgent = "user_agent"
    /// Unknown where the service gives requests no identifiers.
    case requestID = "request_id"
    /// HTTP status.
    case status
    /// Rows that a statement gave.
    case rows
    /// Of a cache.
    case key
    /// Whether a cache had the key.
    case hit
    case errorType = "error.type"
    case errorMessage = "error.message"
    case errorStack = "error.stack"
}

/// What a span knows about its HTTP request or call: texts of the request, shared with it.
public final class HTTPFacts: Sendable {
    public let method: String
    public let target: String
    public let host: String
    public let client: String
    public let userAgent: String
    public let requestID: String
    /// What the span was given besides.
    public let attributes: [Attribute]
    /// Nil when the request brought nothing but identifiers, or none.
    public let arrival: Span.Arrival?

    /// Empty stands for what is not known, and for what no attribute of the span's template is made of.
    public init(
        method: String, target: String, host: String = "", client: String = "", userAgent: String = "", requestID: String = "",
        attributes: [Attribute] = [], arrival: Span.Arrival? = nil
    ) {
        self.method = method
        self.target = target
        self.host = host
        self.client = client
        self.userAgent = userAgent
        self.requestID = requestID
        self.attributes = attributes
        self.arrival = arrival
    }

    var withoutAttributes: HTTPFacts {
        if attributes.isEmpty { return self }
        return HTTPFacts(method: method, target: target, host: host, client: client, userAgent: userAgent, requestID: requestID, arrival: arrival)
    }

    func value(of fact: SpanFact) -> Value? {
        switch fact {
        case .method: known(method)
        case .target: known(target)
        case .path: .string(path)
        case .query: query.map { .string(String($0)) }
        case .keys: .string(keys)
        case .url: host.isEmpty ? nil : .string("http://" + host + path)
        case .host: known(host)
        case .hostname: known(hostParts.name)
        case .port: host.isEmpty ? nil : .int(hostParts.port)
        case .client: known(client)
        case .userAgent: known(userAgent)
        case .requestID: known(requestID)
        case .status, .rows, .key, .hit, .errorType, .errorMessage, .errorStack: nil
        }
    }

    private func known(_ text: String) -> Value? { text.isEmpty ? nil : .string(text) }

    private var path: String { String(target.prefix { $0 != "?" }) }

    private var query: Substring? {
        guard let mark = target.firstIndex(of: "?"), target.index(after: mark) < target.endIndex else { return nil }
        return target[target.index(after: mark)...]
    }

    private var keys: String {
        var names: [Substring] = []
        for pair in query?.split(separator: "&") ?? [] {
            let name = pair.prefix { $0 != "=" }
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? "" : "?" + names.joined(separator: "&")
    }

    private var hostParts: (name: String, port: Int) {
        guard let colon = host.lastIndex(of: ":"), let port = Int(host[host.index(after: colon)...]) else { return (host, 80) }
        return (String(host[..<colon]), port)
    }
}

/// What a span knows about the use of a cache.
public final class CacheFacts: Sendable {
    public let key: String
    /// Whether the cache had the key; nil for changes.
    public let isHit: Bool?

    public init(key: String, isHit: Bool? = nil) {
        self.key = key
        self.isHit = isHit
    }
}
