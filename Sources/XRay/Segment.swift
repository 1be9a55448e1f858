import Base
import Telemetry

/// A segment of AWS X-Ray, the work of one service on one request, or a subsegment, a part of it.
public struct Segment: Sendable, Equatable {
    /// What went wrong.
    public enum Cause: Sendable, Equatable {
        /// The exception with this identifier, which a subsegment tells.
        case reference(UInt64)
        case exceptions([Exception], workingDirectory: String)
    }

    public struct Exception: Sendable, Equatable {
        public struct Frame: Sendable, Equatable {
            public var path: String
            public var line: Int
            public var label: String

            public init(path: String, line: Int, label: String) {
                self.path = path
                self.line = line
                self.label = label
            }
        }

        public var id: UInt64
        public var type: String
        public var message: String
        /// Happened at the other end of a call.
        public var isRemote = false
        public var stack: [Frame] = []

        public init(id: UInt64, type: String, message: String, isRemote: Bool = false, stack: [Frame] = []) {
            self.id = id
            self.type = type
            self.message = message
            self.isRemote = isRemote
            self.stack = stack
        }
    }

    public struct HTTP: Sendable, Equatable {
        public var method = ""
        public var url = ""
        public var userAgent = ""
        public var client = ""
        /// 0 when no answer came.
        public var status = 0
        /// Bytes; nil when not told.
        public var contentLength: Int?

        public init() {}
    }

    public var name: String
    public var id: UInt64
    public var trace: TraceID
    /// Of a segment the caller's subsegment, of a subsegment what contains it; 0 for none.
    public var parent: UInt64
    public var start: Timestamp
    /// Nil while in progress.
    public var end: Timestamp?
    /// Sent alone, apart from its segment.
    public var isLoneSubsegment = false
    public var namespace = ""
    public var origin = ""
    public var http: HTTP?
    public var aws: [Attribute] = []
    public var sql: [Attribute] = []
    public var service: [Attribute] = []
    public var user = ""
    public var annotations: [Attribute] = []
    public var metadata = Value.null
    public var isError = false
    public var isThrottle = false
    public var isFault = false
    public var cause: Cause?
    /// In the order of their starts.
    public var subsegments: [Segment] = []
    /// Says so even when finished.
    public var tellsProgress = false
    /// As a nested subsegment it names its trace, parent and type too.
    public var repeatsIdentifiers = false

    public init(name: String, id: UInt64, trace: TraceID, parent: UInt64 = 0, start: Timestamp, end: Timestamp?) {
        self.name = name
        self.id = id
        self.trace = trace
        self.parent = parent
        self.start = start
        self.end = end
    }

    public var duration: Duration { (end ?? start) - start }

    /// What an HTTP status means for a segment: 429 is an error as well.
    public mutating func setFlags(ofStatus status: Int) {
        switch status {
        case 429:
            isThrottle = true
            isError = true
        case 400..<500: isError = true
        case 500...: isFault = true
        default: break
        }
    }

    /// This one and all below it.
    public func forEach(_ body: (Segment) -> Void) {
        body(self)
        for subsegment in subsegments { subsegment.forEach(body) }
    }

    public var subsegmentCount: Int { subsegments.reduce(subsegments.count) { $0 + $1.subsegmentCount } }

    /// Names may hold letters, digits, white space and some signs; others are left out, and what is beyond 200 characters.
    public static func allowedName(_ name: String) -> String {
        String(name.filter { $0.isLetter || $0.isNumber || $0.isWhitespace || "_.:/%&#=+\\-@".contains($0) }.prefix(200))
    }

    /// Annotations are found by keys of ASCII letters, digits and underscores only.
    public static func isAnnotationKey(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
