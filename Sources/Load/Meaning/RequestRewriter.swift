import Base
import HTTP

/// Puts live values into a recorded request; what holds none stays as it is, byte for byte.
struct RequestRewriter {
    let values: ValueMap

    func rewrite(_ request: RecordedRequest) -> RecordedRequest {
        guard !values.isEmpty else { return request }
        var request = request
        request.target = target(request.target)
        request.headers = Headers(request.headers.fields.map { Headers.Field(name: $0.name, value: headerValue($0)) })
        request.body = body(request.body, type: HeaderParameters(request.headers["Content-Type"] ?? "").value)
        return request
    }

    // MARK: Targets

    private func target(_ text: String) -> String {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var previous = ""
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).map { segment -> String in
            let plain = PercentEncoding.decodeLeniently(segment)
            defer { previous = plain }
            return values.live(forSegment: plain, after: previous).map { PercentEncoding.encode($0, for: .segment) } ?? String(segment)
        }.joined(separator: "/")
        return parts.count == 1 ? path : path + "?" + form(parts[1])
    }

    /// A query or a form body.
    private func form(_ text: Substring) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            var badEscapes = 0
            let name = PercentEncoding.decodeForm(pair[..<equals], badEscapes: &badEscapes)
            let value = PercentEncoding.decodeForm(pair[pair.index(after: equals)...], badEscapes: &badEscapes)
            return values.live(for: value, named: name).map { pair[...equals] + PercentEncoding.encode($0, for: .form) } ?? String(pair)
        }.joined(separator: "&")
    }

    // MARK: Header fields

    private func headerValue(_ field: Headers.Field) -> String {
        let value = field.value
        switch field.name.lowercased() {
        case "cookie": return cookies(value)
        case "if-none-match": return values.live(for: value, named: "etag") ?? value
        case "if-modified-since": return values.live(for: value, named: "last-modified") ?? value
        case "referer": return referer(value)
        case let name:
            if let live = values.live(for: value, named: name) { return live }
            // `Bearer x`.
            guard let space = value.firstIndex(of: " "), let live = values.live(for: String(value[value.index(after: space)...]), named: nil) else { return value }
            return value[...space] + live
        }
    }

    private func referer(_ url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound, let slash = url[start...].firstIndex(of: "/") else { return url }
        return url[..<slash] + target(String(url[slash...]))
    }

    private func cookies(_ value: String) -> String {
        value.split(separator: ";", omittingEmptySubsequences: false).map { piece in
            guard let equals = piece.firstIndex(of: "=") else { return String(piece) }
            let name = piece[..<equals].drop { $0 == " " }
            return values.live(for: String(piece[piece.index(after: equals)...]), named: String(name)).map { piece[...equals] + $0 } ?? String(piece)
        }.joined(separator: ";")
    }

    /// Names and values as they stand there: quotes and escapes are part of a value that comes back.
    static func cookies(_ headers: Headers) -> [Cookie] {
        headers.values("Cookie").flatMap { $0.split(separator: ";") }.compactMap { piece in
            guard let equals = piece.firstIndex(of: "=") else { return nil }
            return Cookie(name: String(piece[..<equals].drop { $0 == " " }), value: String(piece[piece.index(after: equals)...]))
        }
    }

    // MARK: Bodies

    private static let bodyLimitBytes = 1 << 20

    private func body(_ bytes: [UInt8], type: String) -> [UInt8] {
        guard !bytes.isEmpty, bytes.count <= Self.bodyLimitBytes else { return bytes }
        if type == "application/x-www-form-urlencoded", let text = String(validating: bytes, as: UTF8.self) { return Array(form(text[...]).utf8) }
        if type.hasSuffix("json"), let value = try? Value.parse(json: bytes) { return json(value, name: "").map { $0.jsonBytes() } ?? bytes }
        return replacing(bytes)
    }

    /// Nil when nothing in it is replaced.
    private func json(_ value: Value, name: String) -> Value? {
        switch value {
        case .string(let text): return values.live(for: text, named: name).map { .string($0) }
        case .int(let number): return values.live(for: String(number), named: name).map { Int($0).map { .int($0) } ?? .string($0) }
        case .list(let elements):
            let replaced = elements.map { json($0, name: name) }
            return replaced.allSatisfy { $0 == nil } ? nil : .list(zip(elements, replaced).map { $1 ?? $0 })
        case .record(let record):
            let replaced = zip(record.layout.names, record.values).map { json($1, name: $0) }
            guard replaced.contains(where: { $0 != nil }) else { return nil }
            return .record(Record(layout: record.layout, values: zip(record.values, replaced).map { $1 ?? $0 }))
        default: return nil
        }
    }

    /// Forms of several parts, XML, text: values that cannot be mistaken, wherever they stand.
    private func replacing(_ bytes: [UInt8]) -> [UInt8] {
        guard let text = String(validating: bytes, as: UTF8.self) else { return bytes }
        let used = values.anywhere.filter { text.contains($0.key) }
        guard !used.isEmpty else { return bytes }
        // Longer ones first: one may be the beginning of another.
        let sorted = used.sorted { ($1.key.utf8.count, $0.key) < ($0.key.utf8.count, $1.key) }
        return Array(sorted.reduce(text) { $0.replacing($1.key, with: $1.value) }.utf8)
    }
}
