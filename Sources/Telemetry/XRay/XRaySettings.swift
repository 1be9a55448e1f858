import Base

/// How a service shows itself in AWS X-Ray: what its SDK would put into segments.
public struct XRaySettings: Sendable {
    /// How a service records the calls of one peer.
    public struct Call: Sendable {
        /// False for clients that the SDK does not instrument: such calls leave nothing.
        public var isTraced = true
        /// Of the subsegment; empty stands for the host that is called.
        public var name = ""
        /// `remote` for HTTP, `aws` for an AWS SDK.
        public var namespace = "remote"
        /// HTTP methods as the client library spells them.
        public var hasLowerCaseMethod = false
        /// What the block `aws` always holds.
        public var aws: [Attribute] = []
        /// Calls that are repeated because they failed are one subsegment, from the first to the last.
        public var joinsRetries = false
        /// Text of the exception that an answer from 400 on becomes, with `{code}`, `{operation}`, `{message}` and `{retries}`; nil where
        /// such an answer is none.
        public var exception: String?
        /// The same after the last of several attempts.
        public var exceptionAfterRetries: String?

        public init() {}
    }

    /// False for services that send no segments.
    public var isOn = true
    /// Of the segments; empty stands for the service as spans name it.
    public var name = ""
    /// For example `AWS::ECS::Container`.
    public var origin = ""
    /// The block `aws` of segments: the SDK and where it runs.
    public var aws: [Attribute] = []
    /// The block `service`.
    public var service: [Attribute] = []
    /// Member of `aws.xray` that names the sampling rule; empty where the SDK tells none.
    public var ruleMember = ""
    /// Path that causes name.
    public var workingDirectory = ""
    public var url = ComputedAttribute("url", [.text("http://"), .fact(.host), .fact(.target)])
    public var callURL = ComputedAttribute("url", [.text("http://"), .fact(.hostname), .fact(.path)])
    public var client = ComputedAttribute("client_ip", .client)
    /// Answers tell their size.
    public var tellsContentLength = false
    /// Finished segments say `"in_progress": false`.
    public var tellsProgress = false
    /// Nested subsegments name their trace, parent and type too.
    public var repeatsIdentifiers = false
    /// Every answer carries the trace's header; otherwise only that to a caller who asks for the decision.
    public var answersAlways = false
    /// Names of spans that are local subsegments; other spans of the service's own work leave none.
    public var local: Set<String> = []
    /// Namespace of local subsegments; empty where the SDK gives none.
    public var localNamespace = ""
    /// By the peer's name; `*` is for all others.
    public var calls: [String: Call] = [:]
    /// Statements become subsegments.
    public var tracesStatements = true
    /// A segment with more subsegments is sent in parts.
    public var subsegmentLimit = 100
    /// An annotation that every segment has: a request without it ended before the SDK's part of the service began. Empty where every
    /// request leaves a segment.
    public var neededAnnotation = ""
    /// In the order in which they are tried; none keep every trace.
    public var sampling: [XRaySamplingRule] = []

    public init() {}

    /// Where services that tell it note the size of their answers.
    public static let contentLengthAttribute = "http.response_content_length"

    /// Of services whose wiring says nothing of X-Ray.
    public static let standard = XRaySettings()
    public static let off: XRaySettings = {
        var settings = XRaySettings()
        settings.isOn = false
        return settings
    }()

    public func call(of peer: String) -> Call { calls[peer] ?? calls["*"] ?? Self.standardCall }

    private static let standardCall = Call()
}

/// A local sampling rule: the first so many requests of a second, and a share of the others.
public struct XRaySamplingRule: Sendable, Equatable {
    public var name: String
    /// Wildcards `*` and `?`, without regard to case; `*` fits everything.
    public var host = "*"
    public var method = "*"
    public var path = "*"
    /// Requests a second that are kept whatever happens.
    public var reservoir: Int
    /// Share of the others, 0 to 1.
    public var rate: Double

    public init(name: String, host: String = "*", method: String = "*", path: String = "*", reservoir: Int, rate: Double) {
        self.name = name
        self.host = host
        self.method = method
        self.path = path
        self.reservoir = reservoir
        self.rate = rate
    }

    func fits(host: String, method: String, path: String) -> Bool {
        Self.fits(method, self.method) && Self.fits(host, self.host) && Self.fits(path, self.path)
    }

    private static func fits(_ text: String, _ pattern: String) -> Bool {
        pattern == "*" || Wildcards.fit(Array(text.lowercased().utf8)[...], Array(pattern.lowercased().utf8)[...])
    }
}

/// `*` stands for any text, `?` for one character.
enum Wildcards {
    static func fit(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var text = text
        var pattern = pattern
        /// After the last star, and the text that it may still take more of.
        var retry: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
        while let character = text.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (text, pattern)
            } else if let wanted = pattern.first, wanted == character || wanted == UInt8(ascii: "?") {
                text = text.dropFirst()
                pattern = pattern.dropFirst()
            } else if let last = retry {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry?.text = text
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
