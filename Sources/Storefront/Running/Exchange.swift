import Base
import Database
import HTTP
import Packs
import Telemetry

/// One request on its way through a service: what steps read, and the answer as it is built. Lives on the shop's loop.
public final class Exchange: Frame {
    public let shop: ShopCore
    public let service: ServiceRuntime
    public let deployment: Deployment
    public let request: Request
    let target: RequestTarget
    public let route: CompiledRoute?
    let parameters: [String]

    /// Set by the step that answers; the steps after it do not run.
    public var response: Response?
    /// Fields for the response, whoever makes it: cookies and the like.
    public var responseHeaders: [Headers.Field] = []
    /// Text that access logs and error pages may use, set by handlers.
    public var notes: [String: Value] = [:]

    public let context: TraceContext
    /// The span that new spans are children of.
    public var currentSpan: UInt64
    public let startedAt: Timestamp
    /// Its place in the pod that works on it.
    var place: ServicePods.Place?
    /// Errors that a step survived still mark the request's span when it says so.
    public var spanError: SpanError?
    public internal(set) var failure: Failure?
    /// True while an error page is made: its spans stay outside of those of the handler.
    var isMakingErrorPage = false
    /// Named values that steps put on the request's span.
    var annotations: [Attribute] = []
    /// Nanoseconds spent in views and in the database, where the service's log lines tell them.
    var runtimes: (views: Int64, database: Int64) = (0, 0)
    /// The open transaction that queries join.
    var transaction: (any StatementRunner)?
    /// True from the first statement on.
    private var hasQueried = false
    /// True between the first statement and the commit after it, as sessions of an ORM keep a connection.
    var hasConnection = false

    private(set) lazy var view = RequestView(request, target)
    /// Empty where the service gives requests no identifiers.
    private(set) lazy var requestID = makeRequestID()

    init(
        shop: ShopCore, service: ServiceRuntime, deployment: Deployment, request: Request, target: RequestTarget, route: CompiledRoute?, parameters: [String],
        slotCount: Int, context: TraceContext, span: UInt64, startedAt: Timestamp
    ) {
        self.shop = shop
        self.service = service
        self.deployment = deployment
        self.request = request
        self.target = target
        self.route = route
        self.parameters = parameters
        self.context = context
        currentSpan = span
        self.startedAt = startedAt
        super.init(slots: [Value](repeating: .null, count: slotCount))
    }

    public var world: World { shop.world }

    /// The caller's own, with only the characters that Rails lets through (rails/rails
    /// actionpack/lib/action_dispatch/middleware/request_id.rb), else a new one.
    private func makeRequestID() -> String {
        guard let header = deployment.compiled.requestIDHeader else { return "" }
        let given = (request.headers[header] ?? "").unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-@".unicodeScalars.contains($0)) }
        return given.isEmpty ? world.uuid() : String(String.UnicodeScalarView(given.prefix(255)))
    }

    // MARK: Expressions

    public override func ambient(_ root: AmbientRoot, _ path: [PathKey]) throws(ExpressionError) -> Value {
        guard let first = path.first?.name else {
            throw ExpressionError(.undefinedName, "\"\(root.rawValue)\" needs a name after it, for example \"\(root.rawValue).\(Self.example(root))\"")
        }
        switch root {
        case .request: return requestValue(first, path)
        case .route:
            if let index = route?.parameterNames.firstIndex(of: first) { return .string(parameters[index]) }
            switch first {
            case "pattern": return .string(route?.pattern ?? "")
            case "name": return .string(route?.name ?? "")
            default:
                throw ExpressionError(.undefinedName, "the route has no \"\(first)\"" + suggestion(for: first, among: route?.parameterNames ?? []))
            }
        case .service: return try serviceValue(deployment.service, first, version: deployment.compiled.identity.version)
        case .services:
            guard let service = shop.service(named: first) else {
                throw ExpressionError(.undefinedName, "no service is named \"\(first)\"" + suggestion(for: first, among: shop.services.map(\.name)))
            }
            return try serviceValue(service, path.count > 1 ? path[1].name : "url", version: "")
        case .env: return .string(shop.environmentVariables[first] ?? "")
        case .now: return try time(first)
        case .error: return try errorValue(first)
        case .trace: return first == "span" ? .string(currentSpan.hex) : .string(context.trace.hex)
        }
    }

    private static func example(_ root: AmbientRoot) -> String {
        switch root {
        case .request: "path"
        case .route: "name"
        case .service: "name"
        case .services: "NAME.url"
        case .env: "NAME"
        case .now: "iso"
        case .error: "message"
        case .trace: "id"
        }
    }

    private func requestValue(_ first: String, _ path: [PathKey]) -> Value {
        let name = path.count > 1 ? path[1].name : ""
        switch first {
        case "method": return .string(request.method)
        case "elapsed": return .int(Int(world.now.nanoseconds - startedAt.nanoseconds))
        case "id": return deployment.compiled.requestIDHeader == nil ? .null : .string(requestID)
        case "target": return .string(request.target)
        case "path": return .string(view.path)
        case "rawQuery": return .string(view.rawQuery)
        case "body": return .bytes(request.body)
        case "remote": return .string(request.remoteAddress)
        case "host": return .string(request.headers["Host"] ?? "")
        case "header": return request.headers[name].map { .string($0) } ?? .null
        case "query": return name.isEmpty ? .record(Record(view.query.pairs.map { ($0.name, .string($0.value)) })) : view.query(name)
        case "queryValues": return .list(view.query.values(name).map { .string($0) })
        case "form": return name.isEmpty ? view.nestedForm : path.dropFirst().reduce(view.nestedForm) { $0[$1.name] ?? .null }
        case "field": return view.formField(name)
        case "cookie": return view.cookie(name)
        case "json": return path.dropFirst().reduce(view.json) { $0[$1.name] ?? .null }
        default: return .null
        }
    }

    private func serviceValue(_ service: ServiceRuntime, _ name: String, version: String) throws(ExpressionError) -> Value {
        switch name {
        case "name": return .string(service.name)
        case "version": return .string(version)
        case "environment": return .string(shop.environment)
        case "host": return .string(service.host)
        case "port": return .int(service.port)
        case "url": return .string("http://\(service.host):\(service.port)")
        case "reachable": return .bool(service.isReachable)
        default: throw ExpressionError(.undefinedName, "a service has no \"\(name)\"" + suggestion(for: name, among: ["name", "version", "environment", "host", "port", "url", "reachable"]))
        }
    }

    private func time(_ name: String) throws(ExpressionError) -> Value {
        let now = deployment.compiled.clock(at: world.now)
        switch name {
        case "iso": return .string(now.iso8601)
        case "http": return .string(now.httpDate)
        case "seconds": return .int(Int(now.seconds))
        case "milliseconds": return .int(Int(now.milliseconds))
        case "date": return .string(now.formatted("%Y-%m-%d"))
        default: throw ExpressionError(.undefinedName, "\"now\" has no \"\(name)\"" + suggestion(for: name, among: ["iso", "http", "seconds", "milliseconds", "date"]))
        }
    }

    private func errorValue(_ name: String) throws(ExpressionError) -> Value {
        guard let failure else { throw ExpressionError(.undefinedName, "there is no error here; \"error\" exists in error pages and rescue steps") }
        switch name {
        case "type": return .string(failure.type)
        case "kind": return .string(failure.kind.rawValue)
        case "message": return .string(failure.message)
        case "status": return .int(failure.status)
        case "file": return .string(failure.file)
        case "line": return .int(failure.line)
        case "stack": return .string(shop.stack(of: failure, in: self))
        case "extract": return shop.sourceExtract(of: failure, in: deployment)
        default: return failure.details[name] ?? .null
        }
    }

    // MARK: Answering

    public func setCookie(_ cookie: SetCookie) {
        responseHeaders.append(Headers.Field(name: "Set-Cookie", value: cookie.headerValue))
    }

    // MARK: Queries

    /// Runs a statement of the service's database and records its span.
    ///
    /// - Parameter arguments: In the order of the statement's parameter names.
    public func query(_ query: PreparedQuery, _ arguments: [Value]) async throws -> QueryResult {
        let start = beginQuery(query)
        let result: Result<QueryResult, any Error>
        do { result = .success(try await run(query, arguments)) } catch { result = .failure(error) }
        return try end(query, since: start, result)
    }

    /// Runs a statement as `query` does, but at once, if it only reads and is the request's first: others may come in between two
    /// statements, and nothing is before this one.
    ///
    /// - Returns: Nil when it has to wait; nothing has happened then, and the arguments may not have been asked for.
    public func queryNow(_ query: PreparedQuery, _ arguments: @autoclosure () throws -> [Value]) throws -> QueryResult? {
        guard !hasQueried, !query.isChange, transaction == nil, let runner = shop.databases[query.database].immediateRunner, !waitsForStore else { return nil }
        let arguments = try arguments()
        let start = beginQuery(query)
        let result = try end(query, since: start, Result { try runner.queryNow(query.statement, arguments) })
        note(query, arguments, result)
        return result
    }

    /// - Returns: When the statement began; nil when nobody wants to know.
    private func beginQuery(_ query: PreparedQuery) -> Timestamp? {
        hasQueried = true
        let hasSpan = shop.isRecording && query.span != nil
        guard hasSpan || deployment.compiled.log.measuresRuntimes else { return nil }
        let start = world.now
        if hasSpan, let connect = query.connectSpan, !hasConnection { record(connect, from: start) }
        hasConnection = true
        return start
    }

    private func end(_ query: PreparedQuery, since start: Timestamp?, _ result: Result<QueryResult, any Error>) throws -> QueryResult {
        guard let start else { return try result.get() }
        if query.isChange, transaction == nil { hasConnection = false }
        if deployment.compiled.log.measuresRuntimes { runtimes.database += world.now.nanoseconds - start.nanoseconds }
        if shop.isRecording, let span = query.span {
            switch result {
            case .success(let success): record(span, from: start, detail: .rows(success.rows.count))
            case .failure(let error): record(span, from: start, error: spanError(error))
            }
        }
        return try result.get()
    }

    // MARK: Spans

    /// Records a finished child of the current span.
    @discardableResult
    public func record(
        _ template: SpanTemplate, id: UInt64? = nil, from start: Timestamp, status: Int = 0, resource: String? = nil, attributes: [Attribute],
        error: SpanError? = nil
    ) -> UInt64 {
        record(
            template, id: id, from: start, status: status, resource: resource, detail: attributes.isEmpty ? .none : .attributes(attributes), error: error)
    }

    /// Records a finished child of the current span.
    @discardableResult
    public func record(
        _ template: SpanTemplate, id: UInt64? = nil, from start: Timestamp, status: Int = 0, isError: Bool = false, resource: String? = nil,
        detail: Span.Detail = .none, error: SpanError? = nil
    ) -> UInt64 {
        let id = id ?? world.identifier()
        guard shop.recorder.hasReaders else { return id }
        shop.recorder.record(
            Span(
                trace: context.trace, id: id, parent: currentSpan, template: template, start: deployment.compiled.clock(at: start),
                durationNanoseconds: world.now.nanoseconds - start.nanoseconds, status: status, isError: isError || error != nil,
                isOutsideHandler: isMakingErrorPage, resource: resource, detail: detail, error: error))
        return id
    }

    /// Runs a body inside a new span; what it records becomes the span's children.
    ///
    /// - Parameter detail: What the span knows in the end; asked when the body has ended well.
    public func span<Result>(
        _ template: SpanTemplate, detail: @autoclosure () -> Span.Detail = .none, _ body: () async throws -> Result
    ) async throws -> Result {
        guard shop.isRecording else { return try await body() }
        let parent = currentSpan
        let id = world.identifier()
        let start = world.now
        currentSpan = id
        do {
            let result = try await body()
            currentSpan = parent
            record(template, id: id, from: start, detail: detail())
            return result
        } catch {
            currentSpan = parent
            let failure = named(error)
            record(template, id: id, from: start, detail: detail(), error: spanError(failure))
            throw failure
        }
    }

    /// An error under the name that the service's language has for it.
    private func named(_ error: any Error) -> Failure {
        var failure = Failure(error, in: self, line: 0)
        deployment.compiled.name(&failure)
        return failure
    }

    /// What a span says of an error.
    func spanError(_ error: any Error) -> SpanError {
        let failure = named(error)
        return SpanError(type: failure.type, message: failure.message, stack: shop.stack(of: failure, in: self))
    }

    // MARK: Logs

    /// Writes a line in the service's format.
    ///
    /// - Parameters:
    ///   - line: Of the wiring.
    ///   - fields: Named values of the message.
    ///   - format: Position of one of the service's further formats; nil is its usual one.
    public func log(_ level: LogRecord.Level, _ message: String, logger: String = "", line: Int = 0, fields: [Attribute] = [], format: Int? = nil) {
        let log = deployment.compiled.log
        shop.log(
            ShopCore.Message(level: level, text: message, logger: logger, line: line, fields: fields), as: format.map { log.formats[$0] } ?? log.line,
            service: deployment, exchange: self)
    }
}
