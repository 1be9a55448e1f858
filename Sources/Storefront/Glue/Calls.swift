import Base
import HTTP
import Telemetry

final class CallService: FrugalOperation {
    private enum Need: String { case any, success, json }

    /// Nil where the answer has no name.
    var use: ValueUse?
    // Lazy: what comes after a step is compiled after it.
    private lazy var givesJSON = use?.needs("json") ?? false
    private lazy var givesHeaders = use?.needs("headers") ?? false

    private let service: String
    private let path: TextTemplate
    private let method: String
    private let headers: [(name: String, text: TextTemplate)]
    private let passHeaders: [String]
    private let json: Shape?
    private let form: Shape?
    private let body: Expression?
    private let timeout: Duration?
    private let retries: Int
    private let retryPause: Duration
    private let need: Need
    private let attributes: [(name: String, shape: Shape)]
    private let span: SpanTemplate
    /// The body that was read last: many answers are like the one before, and comparing costs less than reading.
    private var lastRead: (body: [UInt8], json: Value)?
    private static let mostKeptBytes = 65_536

    init(_ options: StepOptions) {
        service = options.word("service") ?? ""
        path = options.requiredText("path")
        method = options.word("method") ?? "GET"
        headers = options.texts("headers")
        passHeaders = options.words("passHeaders") ?? []
        json = options.shape("json")
        form = options.shape("form")
        body = options.expression("body")
        timeout = options.number("timeoutMilliseconds").map { .milliseconds(exactly: $0) }
        retries = options.integer("retries") ?? 0
        retryPause = .milliseconds(exactly: options.number("retryPauseMilliseconds") ?? 0)
        need = options.word("needs").flatMap(Need.init) ?? .any
        attributes = options.shapes("attributes")
        span = options.span(.client, resource: method, facts: ["method": method, "peer": service])
    }

    func run(_ exchange: Exchange) async throws -> Value {
        var request = Request(method: method, target: try path.text(exchange))
        for (name, text) in headers { request.headers.add(name, try text.text(exchange)) }
        for name in passHeaders { for value in exchange.request.headers.values(name) { request.headers.add(name, value) } }
        if let json {
            request.body = try json.value(exchange).jsonBytes()
            if request.headers["Content-Type"] == nil { request.headers.add("Content-Type", "application/json") }
        } else if let form, let fields = try form.value(exchange).fields {
            request.body = Array(zip(fields.layout.names, fields.values).map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1.text))" }.joined(separator: "&").utf8)
            request.headers.set("Content-Type", "application/x-www-form-urlencoded")
        } else if let body {
            let value = try body.evaluate(exchange)
            if case .bytes(let bytes) = value { request.body = bytes } else { request.body = Array(value.text.utf8) }
        }
        return try result(try await answer(to: request, exchange), request)
    }

    private func answer(to request: Request, _ exchange: Exchange) async throws -> Response {
        let attributes = exchange.shop.isRecording ? try attributes.map { Attribute($0.name, try $0.shape.value(exchange)) } : []
        for attempt in 0..<retries {
            do { return try await exchange.call(service, request, timeout: timeout, span: span, attributes: attributes) } catch is Failure {}
            if retryPause > .zero { try await exchange.world.loop.sleep(for: retryPause * Double(1 << attempt)) }
        }
        return try await exchange.call(service, request, timeout: timeout, span: span, attributes: attributes)
    }

    private static let layout = Layout(["status", "ok", "body", "json", "type", "headers"])

    private func result(_ response: Response, _ request: Request) throws -> Value {
        let bytes = response.bodyBytes
        if need == .success, response.status >= 400 {
            throw Failure(.failed, "\(method) \(request.target) of \(service) answered \(response.status)", details: ["status": .int(response.status)])
        }
        let type = response.headers["Content-Type"] ?? ""
        var json = Value.null
        if need == .json || givesJSON && type.containsBytes(of: "json") {
            do {
                json = try parsed(bytes)
            } catch where need == .json {
                throw Failure(.badRequest, "the answer of \(service) is not JSON: \(String(decoding: bytes.prefix(60), as: UTF8.self))")
            } catch {}
        }
        let headers = givesHeaders ? Value.record(Record(response.headers.fields.map { ($0.name.lowercased(), .string($0.value)) })) : .null
        return .record(
            Record(layout: Self.layout, values: [.int(response.status), .bool(response.status < 400), .bytes(bytes), json, .string(type), headers]))
    }

    private func parsed(_ bytes: [UInt8]) throws -> Value {
        if let lastRead, lastRead.body == bytes { return lastRead.json }
        let json = try Value.parse(json: bytes)
        if bytes.count <= Self.mostKeptBytes { lastRead = (bytes, json) }
        return json
    }
}

/// A service in any language behind one of the shop's ports: faults and tracing stay around it.
final class Remote: Operation {
    private let url: TextTemplate
    private let timeout: Duration
    private let span: SpanTemplate

    init(_ options: StepOptions) {
        url = options.requiredText("url")
        timeout = .milliseconds(exactly: options.number("timeoutMilliseconds") ?? 60_000)
        span = options.span(.client, resource: "remote")
    }

    /// Fields that belong to one connection only (RFC 9110 §7.6.1), and those that the client library sets itself.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length", "expect",
    ]

    func run(_ exchange: Exchange) async throws -> Value {
        guard let client = exchange.shop.client else { throw Failure(.connectionRefused, "a shop in simulated time reaches nothing outside of it") }
        var base = try url.text(exchange)
        if base.hasSuffix("/") { base.removeLast() }
        let incoming = exchange.request
        var headers = Headers(incoming.headers.fields.filter { !Self.hopByHop.contains($0.name.lowercased()) })
        let id = exchange.world.identifier()
        if exchange.shop.isRecording {
            for (name, value) in Propagation.inject(exchange.context.continued(as: id), styles: exchange.deployment.compiled.propagation) { headers.set(name, value) }
        }
        let start = exchange.world.now
        let facts = HTTPFacts(method: incoming.method, target: incoming.target, host: Self.host(of: base))
        do {
            let answer = try await client.send(
                ClientRequest(method: incoming.method, url: base + incoming.target, headers: headers, body: incoming.body, timeout: timeout))
            if exchange.shop.isRecording { exchange.record(span, id: id, from: start, status: answer.status, isError: answer.status >= 400, detail: .http(facts)) }
            exchange.response = Response(
                status: answer.status, headers: Headers(answer.headers.fields.filter { !Self.hopByHop.contains($0.name.lowercased()) }), body: answer.body)
        } catch {
            if exchange.shop.isRecording { exchange.record(span, id: id, from: start, detail: .http(facts), error: exchange.spanError(error)) }
            throw error
        }
        return .null
    }

    private static func host(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { $0 != "/" })
    }
}
