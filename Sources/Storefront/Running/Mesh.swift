import Base
import HTTP
import Telemetry

extension Exchange {
    /// Calls another service of the shop and gives its response, whatever the status.
    ///
    /// - Throws: `Failure` when no response came: refused, timed out, cut.
    public func call(_ service: String, _ request: Request, timeout: Duration?, span template: SpanTemplate, attributes: [Attribute] = []) async throws -> Response {
        guard let target = shop.service(named: service) else { throw Failure(.nameNotResolved, "no service is named \"\(service)\"") }
        let start = world.now
        let id = shop.isRecording ? world.identifier() : 0
        var request = request
        if request.headers["Host"] == nil { request.headers.add("Host", target.authority) }
        var received: TraceContext?
        if shop.isRecording {
            let outgoing = context.continued(as: id)
            let styles = deployment.compiled.propagation
            if !request.headers.mayNameTrace { received = Propagation.received(outgoing, styles: styles) }
            let fields = Propagation.inject(outgoing, styles: styles)
            request.headers.reserveCapacity(request.headers.fields.count + fields.count)
            for (name, value) in fields { if received == nil { request.headers.set(name, value) } else { request.headers.add(name, value) } }
        }
        do {
            let response = try await send(request, to: target, timeout: timeout, received)
            if response.ending == .reset { throw Failure(.connectionReset, "\(target.authority) reset the connection") }
            place?.transfer(received: response.messageSize, sent: request.messageSize)
            if shop.isRecording { finishCall(template, id, start, target, request, attributes, status: response.status, error: nil) }
            return response
        } catch {
            var failure = Failure(error, in: self, line: 0)
            failure.details.merge(["host": .string(target.host), "port": .int(target.port), "target": .string(request.target)]) { first, _ in first }
            if let timeout { failure.details["seconds"] = .string(JSONStyle.shortText(of: timeout / .seconds(1))) }
            deployment.compiled.name(&failure)
            if shop.isRecording { finishCall(template, id, start, target, request, attributes, status: 0, error: spanError(failure)) }
            throw failure
        }
    }

    private func finishCall(_ template: SpanTemplate, _ id: UInt64, _ start: Timestamp, _ target: ServiceRuntime, _ request: Request, _ attributes: [Attribute], status: Int, error: SpanError?) {
        let facts = HTTPFacts(method: request.method, target: request.target, host: target.authority, attributes: attributes)
        // Tracers mark calls from 400 on, also those that the caller is content with.
        record(template, id: id, from: start, status: status, isError: status >= 400, detail: .http(facts), error: error)
    }

    /// - Parameter context: What the target will find in the request's headers, when that is known without reading them.
    private func send(_ request: Request, to target: ServiceRuntime, timeout: Duration?, _ context: TraceContext?) async throws -> Response {
        if !target.isReachable, let wait = target.pods?.controller.refusalTime, wait > .zero { try await world.loop.sleep(for: timeout.map { min($0, wait) } ?? wait) }
        if shop.configuration.mesh == .http, let client = shop.client { return try await overNetwork(request, to: target, by: client, timeout: timeout) }
        guard target.isReachable else {
            throw Failure(.connectionRefused, "\(target.authority) refused the connection")
        }
        guard let timeout, let owner = shop.owner else { return await shop.handle(target.name, request, context) }
        let name = target.name
        return try await Deadline.run(on: world.loop, within: timeout) { await owner.handle(name, request, context) }
    }

    private func overNetwork(_ request: Request, to target: ServiceRuntime, by client: Client, timeout: Duration?) async throws -> Response {
        let answer = try await client.send(
            ClientRequest(
                method: request.method, url: "http://\(shop.configuration.host):\(target.port)\(request.target)", headers: request.headers, body: request.body, timeout: timeout))
        return Response(status: answer.status, headers: answer.headers, body: answer.body)
    }
}

extension Headers {
    /// False when no field, by its first letter, can be one by which traces are passed on.
    fileprivate var mayNameTrace: Bool {
        fields.contains { field in
            switch field.name.utf8.first {
            case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "x"), UInt8(ascii: "X"): true
            default: false
            }
        }
    }
}

/// Runs an operation with a time limit on one event loop.
enum Deadline {
    /// - Throws: `Failure` of kind `timeout` at the limit; the operation goes on without anybody waiting for it, as a server does
    ///   whose client hung up.
    static func run<Result: Sendable>(
        on loop: EventLoop, within limit: Duration, _ operation: @escaping @Sendable () async -> Result
    ) async throws -> Result {
        let race = Race<Result>()
        return try await withCheckedThrowingContinuation { continuation in
            race.continuation = continuation
            let timer = loop.schedule(after: limit) {
                race.end(with: .failure(Failure(.timeout, "no answer within \(Int(limit.milliseconds)) ms")))
            }
            Task(executorPreference: loop) {
                let result = await operation()
                loop.execute {
                    loop.cancel(timer)
                    race.end(with: .success(result))
                }
            }
        }
    }

    /// Whoever comes first resumes the waiting task.
    // @unchecked Sendable: touched only on the loop.
    private final class Race<Result: Sendable>: @unchecked Sendable {
        var continuation: CheckedContinuation<Result, any Error>?

        func end(with result: Swift.Result<Result, any Error>) {
            continuation?.resume(with: result)
            continuation = nil
        }
    }
}

extension TraceContext {
    /// The same context with another parent: what a caller sends along.
    func continued(as span: UInt64) -> TraceContext {
        var next = self
        next.parent = span
        return next
    }
}
