import Base
import HTTP

/// Reads HTTP archives (HAR 1.2), which browsers' developer tools save.
///
/// An archive is one JSON document, so it is read whole, up to `limitBytes`. Its entries are one browser's. Requests to other origins than
/// the first page's, and those that never left the browser (`data:`, `blob:`, cancelled before they were sent), are left out.
enum HARReader {
    static let limitBytes = 256 << 20

    /// All requests and responses in order of their time, then what could not be used.
    static func read(_ source: any ByteSource, file: String) -> [RecordingItem] {
        var bytes: [UInt8] = []
        do {
            while try source.read(into: &bytes) > 0 {
                guard bytes.count <= limitBytes else { return [problem(file, 1, "the archive is longer than \(limitBytes >> 20) MiB; save it in parts")] }
            }
        } catch { return [problem(file, 1, error.description)] }
        do {
            let document = try JSONNode.parse(bytes, file: file)
            guard let entries = document["log"]?["entries"]?.array else {
                return [problem(file, 1, "this is no HTTP archive: there is no list at /log/entries")]
            }
            return items(entries, file)
        } catch { return [problem(file, 1, "line \(error.location.line), column \(error.location.column): \(error.message)")] }
    }

    private static func problem(_ file: String, _ record: Int, _ message: String) -> RecordingItem {
        .problem(RecordingProblem(file: file, record: record, offset: 0, message: message))
    }

    private static func items(_ entries: [JSONNode], _ file: String) -> [RecordingItem] {
        var found: [RecordingItem] = []
        var problems: [RecordingItem] = []
        var origin: URLParts?
        var foreign = 0
        for (index, node) in entries.enumerated() {
            do throws(Mistake) {
                let entry = try HAREntry(node, number: index + 1)
                guard let place = entry.origin else { continue }
                origin = origin ?? place
                guard place == origin else { foreign += 1; continue }
                found.append(.request(entry.request))
                if let response = entry.response { found.append(.response(response)) }
            } catch { problems.append(problem(file, index + 1, "line \(node.location.line): \(error.message); the entry is left out")) }
        }
        if foreign > 0, let origin {
            problems.append(problem(file, entries.count, "\(foreign) requests to other origins than \(origin.scheme)://\(origin.host):\(origin.port) are left out"))
        }
        // Stable, so that a request stays before its response.
        let sorted = found.enumerated().sorted { ($0.element.time!, $0.offset) < ($1.element.time!, $1.offset) }
        return sorted.map(\.element) + problems
    }

    struct Mistake: Error { var message: String }
}

/// One entry of an archive.
private struct HAREntry {
    let request: RecordedRequest
    let response: RecordedResponse?
    /// Nil for what is not fetched over HTTP.
    let origin: URLParts?

    init(_ node: JSONNode, number: Int) throws(HARReader.Mistake) {
        guard let sent = node["request"], let method = sent["method"]?.string, let url = sent["url"]?.string else {
            throw HARReader.Mistake(message: "/request needs \"method\" and \"url\"")
        }
        guard let text = node["startedDateTime"]?.string, let time = Timestamp(iso8601: text) else {
            throw HARReader.Mistake(message: "/startedDateTime must be a time such as 2026-01-31T08:49:37.123Z")
        }
        origin = URLParts(url).flatMap { ["http", "https"].contains($0.scheme) ? $0 : nil }
        let target = RequestTarget(url)
        request = RecordedRequest(
            id: "entry-\(number)", time: time, method: method, target: target.rawPath + (target.rawQuery.map { "?" + $0 } ?? ""),
            headers: Self.headers(sent["headers"]), body: Self.body(sent["postData"]), connection: "browser")
        let duration = node["time"]?.value.number.map { Duration.milliseconds(exactly: min(max(0, $0), 86_400_000)) } ?? .zero
        response = Self.response(node["response"], id: request.id, time: time + duration, latency: duration)
    }

    /// HTTP/2's pseudo fields are no header fields.
    private static func headers(_ node: JSONNode?) -> Headers {
        Headers(
            (node?.array ?? []).compactMap { field in
                guard let name = field["name"]?.string, let value = field["value"]?.string, !name.hasPrefix(":") else { return nil }
                return Headers.Field(name: name, value: value.split(whereSeparator: \.isNewline).joined(separator: ", "))
            })
    }

    private static func body(_ node: JSONNode?) -> [UInt8] {
        if let text = node?["text"]?.string, !text.isEmpty { return Array(text.utf8) }
        let pairs = (node?["params"]?.array ?? []).map { QueryPairs.Pair(name: $0["name"]?.string ?? "", value: $0["value"]?.string ?? "") }
        return Array(QueryPairs(pairs).encoded.utf8)
    }

    private static func response(_ node: JSONNode?, id: String, time: Timestamp, latency: Duration) -> RecordedResponse? {
        // 0 is what browsers write when no answer came.
        guard let status = node?["status"]?.value.integer, (100...999).contains(status) else { return nil }
        var headers = headers(node?["headers"])
        // The text is unpacked already.
        headers.remove("Content-Encoding")
        let content = node?["content"]
        var body = content?["text"]?.string.map { Array($0.utf8) }
        if content?["encoding"]?.string == "base64" { body = content?["text"]?.string.flatMap { Base64.decode($0) } }
        if body == nil, (content?["size"]?.value.integer ?? 0) == 0 { body = [] }
        return RecordedResponse(id: id, time: time, latency: latency, status: status, headers: headers, body: body)
    }
}
