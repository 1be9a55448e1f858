import Base
import HTTP

/// One request sent over and over, as hey does: what its options say.
public struct URLPlan: Sendable, Equatable {
    public var url: String
    public var method = "GET"
    /// `Name: value`, as given.
    public var headers: [String] = []
    public var body: [UInt8] = []
    public var contentType = "text/html"
    public var accept: String?
    public var userAgent: String?
    /// `user:password`.
    public var basic: String?
    public var host: String?
    /// Nil waits for ever.
    public var timeout: Duration? = .seconds(20)
    public var keepsAlive = true
    public var asksForCompression = true
    public var followsRedirects = true
    public var usesHTTP2 = false
    /// True counts answers with a status of 400 and above as failures; hey does not.
    public var judgesStatuses = false

    static let agent = "hey/0.0.1"

    public init(url: String) { self.url = url.contains("://") ? url : "http://" + url }

    /// - Throws: Says which option is wrong.
    public func journey() throws(URLPlanError) -> Journey {
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme) else { throw URLPlanError("\"\(url)\" is not an http or https URL") }
        let journey = Journey(name: "url")
        journey.title = url
        let request = RequestStep()
        request.method = method.uppercased()
        request.path = SlotText(url)
        request.entry = journey.entry(request.method, Self.name(of: url))
        request.headers = try fields().map { ($0.name, SlotText($0.value)) }
        if !body.isEmpty { request.body = .bytes(body) }
        request.timeout = timeout
        request.followsRedirects = followsRedirects
        request.version = usesHTTP2 ? .http2 : .http1_1
        request.expected = judgesStatuses ? .successful : StatusSet(ranges: [StatusSet.codes])
        var worker = VisitorKind(name: "worker")
        worker.service = journey.service("")
        worker.keepsCookies = false
        worker.tasks = [JourneyTask(name: "request", steps: [.request(request)])]
        journey.visitors = [worker]
        return journey
    }

    /// The path, as Locust names requests.
    private static func name(of url: String) -> String {
        let rest = url[url.firstRange(of: "://")!.upperBound...]
        let path = rest.drop { !"/?#".contains($0) }.prefix { $0 != "#" }
        return path.hasPrefix("/") ? String(path) : "/" + path
    }

    // MARK: Header fields

    private func fields() throws(URLPlanError) -> [Headers.Field] {
        var fields = Headers()
        if let host { fields.set("Host", host) }
        fields.set("Content-Type", contentType)
        for text in headers {
            let (name, value) = try Self.field(text)
            fields.set(name, value)
        }
        if let accept { fields.set("Accept", accept) }
        if let basic { fields.set("Authorization", "Basic " + Base64.encode(try Self.checkedBasic(basic).utf8)) }
        let agent = userAgent ?? fields["User-Agent"]
        fields.set("User-Agent", agent.map { "\($0) \(Self.agent)" } ?? Self.agent)
        if asksForCompression, fields["Accept-Encoding"] == nil { fields.set("Accept-Encoding", "gzip") }
        if !keepsAlive { fields.set("Connection", "close") }
        return fields.fields
    }

    private static func field(_ text: String) throws(URLPlanError) -> (name: String, value: String) {
        let name = text.prefix { $0 != ":" }
        let value = text.dropFirst(name.count + 1).trimmingSpaces()
        let isName = !name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
        guard isName, !value.isEmpty else { throw URLPlanError("-H needs \"Name: value\", not \"\(text)\"") }
        return (String(name), value)
    }

    private static func checkedBasic(_ text: String) throws(URLPlanError) -> String {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex, text.index(after: colon) < text.endIndex else {
            throw URLPlanError("-a needs USER:PASSWORD")
        }
        return text
    }
}

/// Why options do not make a request.
public struct URLPlanError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
