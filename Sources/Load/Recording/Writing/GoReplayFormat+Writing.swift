import Base
import HTTP

extension GoReplayFormat {
    /// Appends a record of type 1.
    static func append(_ request: RecordedRequest, to out: inout [UInt8]) {
        appendMeta(Meta(type: .request, id: request.id, time: request.time), to: &out)
        out.append(request.method)
        out.append(UInt8(ascii: " "))
        out.append(request.target)
        out.append(" HTTP/1.1\r\n" as StaticString)
        append(request.headers, body: request.body, announcesEmptyBody: request.headers["Content-Length"] != nil, to: &out)
    }

    /// Appends a record of type 2, or 3 when a replay got the response.
    static func append(_ response: RecordedResponse, to out: inout [UInt8]) {
        let type = response.isReplayed ? PayloadType.replayedResponse : .response
        appendMeta(Meta(type: type, id: response.id, time: response.time, latency: response.latency), to: &out)
        out.append("HTTP/1.1 " as StaticString)
        out.append(decimal: response.status)
        out.append(UInt8(ascii: " "))
        out.append(Status.reason(response.status))
        out.append("\r\n" as StaticString)
        let hasBody = response.body != nil && response.status >= 200 && response.status != 204 && response.status != 304
        append(response.headers, body: response.body ?? [], announcesEmptyBody: hasBody, to: &out)
    }

    private static func appendMeta(_ meta: Meta, to out: inout [UInt8]) {
        out.append(meta.type.rawValue)
        out.append(UInt8(ascii: " "))
        out.append(meta.id)
        out.append(UInt8(ascii: " "))
        out.append(decimal: Int(meta.time.nanoseconds))
        if let latency = meta.latency {
            out.append(UInt8(ascii: " "))
            out.append(decimal: Int(latency.nanoseconds))
        }
        out.append(UInt8(ascii: "\n"))
    }

    /// Header fields as they are, but for the framing: bodies are written without transfer coding, so their length is announced.
    private static func append(_ headers: Headers, body: [UInt8], announcesEmptyBody: Bool, to out: inout [UInt8]) {
        let isAnnounced = announcesEmptyBody || !body.isEmpty
        var hasLength = false
        for field in headers.fields where !field.name.equalsIgnoringCase("Transfer-Encoding") {
            let isLength = field.name.equalsIgnoringCase("Content-Length")
            if isLength && isAnnounced {
                if hasLength { continue }
                hasLength = true
            }
            out.append(field.name)
            out.append(": " as StaticString)
            if isLength && isAnnounced { out.append(decimal: body.count) } else { out.append(oneLine(field.value)) }
            out.append("\r\n" as StaticString)
        }
        if isAnnounced && !hasLength {
            out.append("Content-Length: " as StaticString)
            out.append(decimal: body.count)
            out.append("\r\n" as StaticString)
        }
        out.append("\r\n" as StaticString)
        out.append(contentsOf: body)
        out.append(contentsOf: separator)
    }

    /// A value with a line break would be read back as more than one field.
    private static func oneLine(_ value: String) -> String {
        value.utf8.contains { $0 == 10 || $0 == 13 } ? String(value.map { $0.isNewline ? " " : $0 }) : value
    }
}
