import Base

/// Reads what a request sends.
struct BodyReader {
    private let request: ObjectReader
    private let type: BodyType?

    /// What `bodyType` can be.
    enum BodyType: String, CaseIterable {
        case plain = "text/plain"
        case json = "application/json"
        case xml = "text/xml"
        case html = "text/html"
        case form = "application/x-www-form-urlencoded"
        case multipart = "multipart/form-data"
        case bytes = "application/octet-stream"
        case graphQL = "graphql"
        case none = "None"

        /// The `Content-Type` that it means; a multipart body makes its own.
        var header: String? {
            switch self {
            case .graphQL: "application/json"
            case .none, .multipart: nil
            default: rawValue
            }
        }
    }

    static func type(_ request: ObjectReader) -> BodyType? { request.choice("bodyType", BodyType.self) }

    init(_ request: ObjectReader, type: BodyType?) {
        self.request = request
        self.type = type
    }

    func body() -> RequestBody {
        let form = request.texts("form")
        let files = files()
        let text = request.string("body") ?? ""
        if !files.isEmpty, type != .multipart, type != .bytes {
            request.note("\"files\" need \"bodyType\" \"multipart/form-data\" or \"application/octet-stream\"", at: "files")
        }
        switch type {
        case .multipart where !form.isEmpty || !files.isEmpty: return .multipart(form, files)
        case .form where !form.isEmpty: return .form(form)
        case .bytes where !files.isEmpty: return .file(files[0])
        case .graphQL: return .graphQL(text)
        default:
            if !form.isEmpty { request.note("\"form\" needs \"bodyType\" \"multipart/form-data\"", at: "form") }
            return .text(text)
        }
    }

    private static let fileNames = ["bucketKey", "content", "encoding", "name", "originalFileName", "size", "type"]

    private func files() -> [RequestBody.FilePart] {
        request.list("files").enumerated().compactMap { index, node in
            let pointer = "\(request.path("files"))/\(index)"
            guard
                let reader = ObjectReader(
                    node, at: pointer, what: "a file", names: Self.fileNames, unknown: .refusedWhenNear, mistakes: request.mistakes),
                let bytes = bytes(reader)
            else { return nil }
            let name = reader.requiredString("name")
            return RequestBody.FilePart(
                name: name, filename: reader.string("originalFileName") ?? name, contentType: reader.string("type") ?? "application/octet-stream",
                bytes: bytes)
        }
    }

    private func bytes(_ file: ObjectReader) -> [UInt8]? {
        guard let content = file.string("content") else {
            // A file that was uploaded at Datadog has only its place there.
            if file["bucketKey"] == nil { file.missing("content") } else { file.obstacle("it sends a file that is stored at Datadog") }
            return nil
        }
        guard let encoding = file.string("encoding") else { return Array(content.utf8) }
        guard encoding == "base64" else { file.note("\"encoding\" is \"\(encoding)\"; known: \"base64\"", at: "encoding"); return nil }
        if let bytes = Base64.bytes(in: content) { return bytes }
        file.note("\"content\" is not base64", at: "content")
        return nil
    }
}
