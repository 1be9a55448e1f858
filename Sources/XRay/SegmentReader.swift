import Base
import Telemetry

/// Reads segment documents that others have made. What is not known is passed over.
public struct SegmentReader {
    /// Why a document is refused, in X-Ray's words.
    public struct Refusal: Error, Equatable {
        public var id: String
        public var code: String

        public var message: String { "Invalid segment. ErrorCode: \(code)" }
    }

    public static func parse(_ document: String) throws(Refusal) -> Segment {
        guard let value = try? Value.parse(json: document.utf8), value.fields != nil else { throw Refusal(id: "", code: "ParseError") }
        let id = value["id"]?.text ?? ""
        guard identifier(value["id"]) != nil else { throw Refusal(id: id, code: id.isEmpty ? "MissingId" : "InvalidId") }
        guard let text = value["trace_id"]?.text else { throw Refusal(id: id, code: "MissingTraceId") }
        guard let trace = TraceID(amazon: text) else { throw Refusal(id: id, code: "InvalidTraceId") }
        var segment = try read(value, trace: trace, parent: identifier(value["parent_id"]) ?? 0, of: id)
        segment.isLoneSubsegment = value["type"]?.text == "subsegment"
        if segment.isLoneSubsegment, segment.parent == 0 { throw Refusal(id: id, code: "MissingParentId") }
        return segment
    }

    private static let depthLimit = 50

    /// - Parameter whole: Identifier of the document.
    private static func read(_ value: Value, trace: TraceID, parent: UInt64, of whole: String, depth: Int = 0) throws(Refusal) -> Segment {
        // Documents come from the network; a thousand levels must not end on the stack.
        guard depth < depthLimit else { throw Refusal(id: whole, code: "TooDeep") }
        guard let id = identifier(value["id"]) else { throw Refusal(id: whole, code: "MissingId") }
        guard case .string(let name)? = value["name"], !name.isEmpty else { throw Refusal(id: whole, code: "MissingName") }
        guard let start = time(value["start_time"]) else { throw Refusal(id: whole, code: "MissingStartTime") }
        let end = time(value["end_time"])
        guard end != nil || value["in_progress"] == true || depth > 0 else { throw Refusal(id: whole, code: "MissingEndTime") }
        if let end, end < start { throw Refusal(id: whole, code: "InvalidEndTime") }
        var segment = Segment(name: name, id: id, trace: trace, parent: parent, start: start, end: end)
        segment.namespace = value["namespace"]?.text ?? ""
        segment.origin = value["origin"]?.text ?? ""
        segment.user = value["user"]?.text ?? ""
        segment.http = value["http"].map(http)
        segment.aws = attributes(value["aws"])
        segment.sql = attributes(value["sql"])
        segment.service = attributes(value["service"])
        segment.annotations = attributes(value["annotations"])
        segment.metadata = value["metadata"] ?? .null
        segment.isError = value["error"] == true
        segment.isThrottle = value["throttle"] == true
        segment.isFault = value["fault"] == true
        segment.cause = value["cause"].flatMap(cause)
        for part in value["subsegments"]?.elements ?? [] { segment.subsegments.append(try read(part, trace: trace, parent: id, of: whole, depth: depth + 1)) }
        return segment
    }

    private static func identifier(_ value: Value?) -> UInt64? {
        guard case .string(let text)? = value, text.utf8.count == 16 else { return nil }
        return UInt64(hexDigits: text.utf8)
    }

    /// Seconds since the epoch.
    private static func time(_ value: Value?) -> Timestamp? {
        switch value {
        case .int(let seconds) where (0...9_000_000_000).contains(seconds): Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000)
        case .double(let seconds) where (0...9e9).contains(seconds): Timestamp(nanoseconds: Int64((seconds * 1e6).rounded()) * 1_000)
        default: nil
        }
    }

    private static func attributes(_ value: Value?) -> [Attribute] {
        guard let fields = value?.fields else { return [] }
        return zip(fields.layout.names, fields.values).map { Attribute($0, $1) }
    }

    private static func http(_ value: Value) -> Segment.HTTP {
        var http = Segment.HTTP()
        http.method = value["request"]?["method"]?.text ?? ""
        http.url = value["request"]?["url"]?.text ?? ""
        http.userAgent = value["request"]?["user_agent"]?.text ?? ""
        http.client = value["request"]?["client_ip"]?.text ?? ""
        http.status = value["response"]?["status"]?.integer ?? 0
        http.contentLength = value["response"]?["content_length"]?.integer
        return http
    }

    private static func cause(_ value: Value) -> Segment.Cause? {
        if let id = identifier(value) { return .reference(id) }
        guard let exceptions = value["exceptions"]?.elements else { return nil }
        return .exceptions(exceptions.map(exception), workingDirectory: value["working_directory"]?.text ?? "")
    }

    private static func exception(_ value: Value) -> Segment.Exception {
        Segment.Exception(
            id: identifier(value["id"]) ?? 0, type: value["type"]?.text ?? "", message: value["message"]?.text ?? "", isRemote: value["remote"] == true,
            stack: (value["stack"]?.elements ?? []).map {
                Segment.Exception.Frame(path: $0["path"]?.text ?? "", line: $0["line"]?.integer ?? 0, label: $0["label"]?.text ?? "")
            })
    }
}
