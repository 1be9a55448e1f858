import Base
import HTTP

/// Makes the bytes of a request body, and the content type that they have.
struct BodyBuilder {
    private let request: CheckRequest
    private let scope: VariableScope

    init(_ request: CheckRequest, _ scope: VariableScope) {
        self.request = request
        self.scope = scope
    }

    /// - Parameter boundary: Between the parts of a multipart body.
    func build(boundary: String) throws(CheckFailure) -> (bytes: [UInt8], type: String?) {
        switch request.body {
        case .text(let text): return (Array(try scope.expand(text).utf8), request.bodyType)
        case .file(let file): return (file.bytes, request.bodyType)
        case .graphQL(let text): return (Array(try graphQL(text).utf8), request.bodyType)
        case .form(let fields):
            var pairs: [String] = []
            for field in fields { pairs.append(try PercentEncoding.encode(scope.expand(field.name)) + "=" + PercentEncoding.encode(scope.expand(field.value))) }
            return (Array(pairs.joined(separator: "&").utf8), request.bodyType)
        case .multipart(let fields, let files):
            return (try multipart(fields, files, boundary), "multipart/form-data; boundary=\(boundary)")
        }
    }

    /// A body that is a request object already goes as it is; a bare query becomes one.
    private func graphQL(_ text: String) throws(CheckFailure) -> String {
        let text = try scope.expand(text)
        if let value = try? Value.parse(json: text.utf8), value["query"] != nil { return text }
        return Value.object(["query": .string(text)]).json()
    }

    private func multipart(_ fields: [NamedText], _ files: [RequestBody.FilePart], _ boundary: String) throws(CheckFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            bytes += Array(Self.head(boundary, name: try scope.expand(field.name)).utf8)
            bytes += Array(("\r\n" + (try scope.expand(field.value)) + "\r\n").utf8)
        }
        for file in files {
            let head = Self.head(boundary, name: try scope.expand(file.name), filename: try scope.expand(file.filename))
            bytes += Array((head + "Content-Type: \(file.contentType.filter { !$0.isNewline })\r\n\r\n").utf8) + file.bytes + [13, 10]
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    private static func head(_ boundary: String, name: String, filename: String? = nil) -> String {
        let file = filename.map { "; filename=\"\(quoted($0))\"" } ?? ""
        return "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(quoted(name))\"\(file)\r\n"
    }

    /// As browsers do (HTML, multipart/form-data encoding algorithm): what would end the quoted text or the line is escaped.
    private static func quoted(_ text: String) -> String {
        text.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
}
