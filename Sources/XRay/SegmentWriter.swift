import Base
import Telemetry

/// Segment documents as X-Ray's SDKs send them.
public enum SegmentWriter {
    public static func document(_ segment: Segment) -> [UInt8] {
        var json = JSONWriter()
        write(segment, isNested: false, to: &json)
        return json.bytes
    }

    private static func write(_ segment: Segment, isNested: Bool, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", segment.id.hex)
            json.member("name", Segment.allowedName(segment.name))
            json.member("start_time", segment.start)
            if segment.parent != 0, !isNested || segment.repeatsIdentifiers { json.member("parent_id", segment.parent.hex) }
            if segment.end == nil { json.member("in_progress", true) } else if segment.tellsProgress { json.member("in_progress", false) }
            if let http = segment.http { write(http, to: &json) }
            write(segment.aws, as: "aws", to: &json)
            write(segment.sql, as: "sql", to: &json)
            write(segment.annotations, as: "annotations", to: &json)
            if !segment.metadata.isNull {
                json.key("metadata")
                json.value(segment.metadata)
            }
            if let cause = segment.cause { write(cause, to: &json) }
            if !segment.subsegments.isEmpty {
                json.key("subsegments")
                json.array(segment.subsegments) { write($1, isNested: true, to: &$0) }
            }
            if !isNested || segment.repeatsIdentifiers { json.member("trace_id", segment.trace.amazon) }
            if segment.isLoneSubsegment || isNested && segment.repeatsIdentifiers { json.member("type", "subsegment") }
            if !segment.origin.isEmpty { json.member("origin", segment.origin) }
            write(segment.service, as: "service", to: &json)
            if !segment.user.isEmpty { json.member("user", segment.user) }
            if !segment.namespace.isEmpty { json.member("namespace", segment.namespace) }
            // Readers take the presence of a flag for its meaning: false is left out.
            if segment.isError { json.member("error", true) }
            if segment.isThrottle { json.member("throttle", true) }
            if segment.isFault { json.member("fault", true) }
            if let end = segment.end { json.member("end_time", end) }
        }
    }

    private static func write(_ http: Segment.HTTP, to json: inout JSONWriter) {
        json.key("http")
        json.object { json in
            let request = [("url", http.url), ("method", http.method), ("user_agent", http.userAgent), ("client_ip", http.client)].filter { !$0.1.isEmpty }
            if !request.isEmpty {
                json.key("request")
                json.object { json in for (name, value) in request { json.member(name, value) } }
            }
            guard http.status != 0 else { return }
            json.key("response")
            json.object { json in
                json.member("status", http.status)
                if let length = http.contentLength { json.member("content_length", length) }
            }
        }
    }

    private static func write(_ cause: Segment.Cause, to json: inout JSONWriter) {
        switch cause {
        case .reference(let id): json.member("cause", id.hex)
        case .exceptions(let exceptions, let workingDirectory):
            json.key("cause")
            json.object { json in
                if !workingDirectory.isEmpty { json.member("working_directory", workingDirectory) }
                json.key("exceptions")
                json.array(exceptions) { write($1, to: &$0) }
            }
        }
    }

    private static func write(_ exception: Segment.Exception, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", exception.id.hex)
            json.member("message", exception.message)
            json.member("type", exception.type)
            json.member("remote", exception.isRemote)
            guard !exception.stack.isEmpty else { return }
            json.key("stack")
            json.array(exception.stack) { json, frame in
                json.object { json in
                    json.member("path", frame.path)
                    json.member("line", frame.line)
                    json.member("label", frame.label)
                }
            }
        }
    }

    private static func write(_ attributes: [Attribute], as name: String, to json: inout JSONWriter) {
        guard !attributes.isEmpty else { return }
        json.key(name)
        json.object { json in
            for attribute in attributes {
                json.key(attribute.name)
                json.value(attribute.value)
            }
        }
    }
}

extension JSONWriter {
    /// Seconds since the epoch, to the microsecond.
    public mutating func member(_ name: String, _ time: Timestamp) {
        key(name)
        value(Value.double(Double(time.microseconds) / 1e6))
    }
}
