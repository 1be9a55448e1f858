import Base
import HTTP
import Telemetry

final class Respond: ImmediateOperation {
    private enum Body {
        case json(JSONWriterShape)
        case text(TextTemplate, type: String)
        case value(Expression)
        case pass(Expression)
        case none
    }

    private let status: Expression
    private let headers: [(name: String, text: TextTemplate)]
    private let body: Body
    private let contentType: TextTemplate?
    private let hasETag: Bool
    private let pieces: (count: Int, delay: Duration)?

    init(_ options: StepOptions) {
        status = options.expression("status") ?? .literal(200)
        headers = options.texts("headers")
        contentType = options.text("contentType")
        hasETag = options.boolean("etag") ?? false
        pieces = options.integer("pieces").map { ($0, .milliseconds(exactly: options.number("pieceDelayMilliseconds") ?? 0)) }
        let given = ["json", "text", "html", "body", "pass"].filter(options.has)
        if given.count > 1 { options.report("only one of \(given.joined(separator: ", ")) can be the body") }
        if let shape = options.shape("json") {
            let style = options.word("style").flatMap { JSONStyle.named[$0] } ?? options.compiler.jsonStyle
            body = .json(JSONWriterShape(shape, style: style))
        } else if let text = options.text("text") {
            body = .text(text, type: "text/plain; charset=utf-8")
        } else if let html = options.text("html") {
            body = .text(html, type: "text/html; charset=utf-8")
        } else if let value = options.expression("body") {
            body = .value(value)
        } else {
            let passed = options.compiler.scope.reading(only: ["status", "body", "type"]) { options.expression("pass") }
            body = passed.map(Body.pass) ?? .none
        }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        var response = Response(status: try status.evaluate(exchange).integer ?? 200)
        response.headers.reserveCapacity(1 + headers.count + exchange.responseHeaders.count + exchange.deployment.compiled.standardHeaders.count)
        switch body {
        case .json(let shape):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(512)
            try shape.write(exchange, into: &bytes)
            response.body = .bytes(bytes)
            response.headers.add("Content-Type", try contentType?.text(exchange) ?? "application/json")
        case .text(let template, let type):
            response.body = .bytes(Array(try template.text(exchange).utf8))
            response.headers.add("Content-Type", try contentType?.text(exchange) ?? type)
        case .value(let expression):
            let value = try expression.evaluate(exchange)
            if case .bytes(let bytes) = value { response.body = .bytes(bytes) } else { response.body = .bytes(Array(value.text.utf8)) }
            if let type = try contentType?.text(exchange) { response.headers.add("Content-Type", type) }
        case .pass(let expression):
            let result = try expression.evaluate(exchange)
            response.status = result["status"]?.integer ?? 502
            if case .bytes(let bytes)? = result["body"] { response.body = .bytes(bytes) }
            if let type = result["type"]?.text, !type.isEmpty { response.headers.add("Content-Type", type) }
        case .none:
            if let type = try contentType?.text(exchange) { response.headers.add("Content-Type", type) }
        }
        for (name, text) in headers { response.headers.add(name, try text.text(exchange)) }
        if hasETag { response.answerConditionally(to: exchange.request) }
        if let pieces { response.split(into: pieces.count, delay: pieces.delay) }
        exchange.response = response
        return .null
    }
}

extension Response {
    /// Adds a strong entity tag; becomes 304 without a body when the request names it (RFC 9110 §13.1.2).
    public mutating func answerConditionally(to request: Request) {
        let tag = EntityTag(of: bodyBytes)
        headers.set("ETag", tag.description)
        guard status == 200, let condition = request.headers["If-None-Match"], tag.isNamed(inIfNoneMatch: condition) else { return }
        status = 304
        headers.remove("Content-Type")
        body = .bytes([])
    }

    mutating func split(into count: Int, delay: Duration) {
        let bytes = bodyBytes
        let size = max(1, (bytes.count + count - 1) / count)
        body = .paced(
            stride(from: 0, to: bytes.count, by: size).map { Piece(after: delay, Array(bytes[$0..<min($0 + size, bytes.count)])) })
    }
}

final class Redirect: ImmediateOperation {
    private let place: TextTemplate
    private let status: Int
    private let headers: [(name: String, text: TextTemplate)]

    init(_ options: StepOptions) {
        place = options.requiredText("to")
        status = options.integer("status") ?? 302
        headers = options.texts("headers")
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let place = try place.text(exchange)
        // Absolute, as Rails and Flask write it (RFC 9110 §10.2.2 allows both).
        let location = place.hasPrefix("/") ? "http://\(exchange.request.headers["Host"] ?? "localhost")\(place)" : place
        let escaped = location.split(separator: "&", omittingEmptySubsequences: false).joined(separator: "&amp;").split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "&quot;")
        var response = Response(
            status: status, headers: ["Location": location, "Content-Type": "text/html; charset=utf-8"],
            body: Array("<html><body>You are being <a href=\"\(escaped)\">redirected</a>.</body></html>".utf8))
        for (name, text) in headers { response.headers.add(name, try text.text(exchange)) }
        exchange.response = response
        return .null
    }
}

final class AddHeaders: ImmediateOperation {
    private let headers: [(name: String, text: TextTemplate)]
    init(_ headers: [(name: String, text: TextTemplate)]) { self.headers = headers }

    func runNow(_ exchange: Exchange) throws -> Value? {
        for (name, text) in headers { exchange.responseHeaders.append(Headers.Field(name: name, value: try text.text(exchange))) }
        return .null
    }
}

final class Abort: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? {
        exchange.response = Response(status: 0, ending: .reset)
        return .null
    }
}

final class ServeFile: ImmediateOperation {
    private let path: TextTemplate
    private let cacheSeconds: Int?
    private let headers: [(name: String, text: TextTemplate)]

    init(_ options: StepOptions) {
        path = options.requiredText("path")
        cacheSeconds = options.integer("cacheSeconds")
        headers = options.texts("headers")
        if let constant = path.constant { options.checkFile(constant, of: "path") }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let path = try path.text(exchange)
        var response = Response(status: 200, headers: ["Content-Type": MediaType.ofFile(named: path)], body: try exchange.shop.file(path))
        if let cacheSeconds { response.headers.add("Cache-Control", "public, max-age=\(cacheSeconds)") }
        for (name, text) in headers { response.headers.set(name, try text.text(exchange)) }
        response.answerConditionally(to: exchange.request)
        exchange.response = response
        return .null
    }
}

extension ShopCore {
    /// - Throws: `Failure` of kind `notFound` when the pack has no such file.
    public func file(_ path: String) throws -> [UInt8] {
        let isSafe = !path.split(separator: "/").contains("..")
        guard isSafe, let bytes = pack.files.contents[path] else { throw Failure(.notFound, "there is no file \"\(path)\"", status: 404) }
        return bytes
    }
}

extension StepOptions {
    /// Reports a path within the pack that leads nowhere.
    public func checkFile(_ path: String, of option: String) {
        let files = compiler.surroundings.pack.files.contents
        if files[path] == nil { report("the pack has no file \"\(path)\"" + suggestion(for: path, among: Array(files.keys)), at: option) }
    }
}
