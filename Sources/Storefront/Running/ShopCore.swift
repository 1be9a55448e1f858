import Base
import Database
import HTTP
import Packs
import Telemetry

/// The inside of a shop: services, data, sessions and telemetry. Belongs to one `Shop` and is touched only on its loop.
public final class ShopCore {
    public internal(set) var pack: Pack
    /// The pack as it was when the shop was opened: who edits its folder changes what runs, but not by what it is judged.
    public let shipped: Pack
    public let handlers: HandlerRegistry
    public let world: World
    public let configuration: ShopConfiguration
    public let recorder: Recorder
    public let databases: [any Database]
    public internal(set) var services: [ServiceRuntime] = []
    public internal(set) var stateName: String
    public internal(set) var activeFaults: [ActiveFault] = []
    /// Counts how often the pack was read.
    var packGeneration = 0
    var editCount = 0
    /// Indexes of the pack that the wiring has taken away.
    var droppedIndexes: Set<String> = []
    /// Services that a learner has deployed, with the versions that take requests.
    var edited: [String: [Wiring.Version]] = [:]
    /// Reaches services outside of the process, and the shop's own in mesh `http`; nil in simulated time.
    public let client: Client?
    public var instrumentation: Instrumentation { recorder.level }
    public internal(set) var hasRUM = true
    /// Sessions, and whatever else handlers keep for the shop; emptied by a reset.
    public var sessions = SessionStore()
    public internal(set) var views: ViewStore
    /// Called when a service's listener must open or close.
    public var onReachabilityChange: (@Sendable (_ service: String, _ isReachable: Bool) -> Void)?
    /// Called for each request that a service takes, in the task that handles it, with the pattern of its route; nil where none matched.
    public var onRequest: ((_ service: String, _ route: String?) -> Void)?
    weak var owner: Shop?

    /// Stands between the shop's traces and their back ends; nil when no service is a collector.
    public internal(set) var collector: Collector?
    let metrics: ShopMetrics
    /// Where log lines are put together.
    var lineBuffer: [UInt8] = []
    private var serviceIndex: [String: Int] = [:]
    let pageProcessor: (any PageProcessor)?

    init(
        pack: Pack, handlers: HandlerRegistry, world: World, configuration: ShopConfiguration, recorder: Recorder, databases: [any Database],
        pageProcessor: (any PageProcessor)?, stateName: String, client: Client?
    ) throws(Problems) {
        self.client = client
        self.pack = pack
        shipped = pack
        self.handlers = handlers
        self.world = world
        self.configuration = configuration
        self.recorder = recorder
        self.databases = databases
        self.pageProcessor = pageProcessor
        self.stateName = stateName
        views = try ViewStore(pack.files)
        metrics = ShopMetrics(recorder.metrics)
    }

    public var environment: String { configuration.environmentVariables["DD_ENV"] ?? pack.environment }
    public var environmentVariables: [String: String] { configuration.environmentVariables }
    /// True while learners get traces.
    public var isRecording: Bool { recorder.recordsSpans }

    public func service(named name: String) -> ServiceRuntime? { serviceIndex[name].map { services[$0] } }

    func setServices(_ services: [ServiceRuntime]) {
        self.services = services
        serviceIndex = Dictionary(uniqueKeysWithValues: services.enumerated().map { ($1.name, $0) })
    }

    // MARK: Requests

    /// How far a request has come without waiting.
    private enum Progress {
        case response(Response)
        /// A pod has to take it, or the service stands still.
        case arrived(ServiceRuntime, Request, TraceContext?)
        /// The step that waits; nil when all have run.
        case stopped(Exchange, at: Int?)
    }

    /// Answers a request to a service: route, deployment, steps, error page, snippet, telemetry.
    ///
    /// - Parameter context: What the request's headers say of its trace, where somebody knows that already.
    public func handle(_ name: String, _ request: Request, _ context: TraceContext? = nil) async -> Response {
        await complete(begin(name, request, context))
    }

    /// Answers a request as far as that goes without waiting. The work that is left belongs on the shop's loop as well.
    func answer(_ name: String, _ request: Request) -> Answer {
        let progress = begin(name, request, nil)
        if case .response(let response) = progress { return .response(response) }
        let rest = Confined((core: self, progress: progress))
        return .work { await rest.value.core.complete(rest.value.progress) }
    }

    private func begin(_ name: String, _ request: Request, _ context: TraceContext?) -> Progress {
        guard let service = service(named: name) else { return .response(Response(status: 502, body: Array("no such service\n".utf8))) }
        guard service.pods == nil, service.standsStillUntil == nil else { return .arrived(service, request, context) }
        let deployment = service.choose(&world.random)
        if deployment.compiled.hasRUM, let answer = takeBrowserEvents(request, service) { return .response(answer) }
        let exchange = begin(request, context, deployment, world.now)
        if exchange.failure == nil, let route = exchange.route {
            do {
                if let waiting = try route.steps.runNow(exchange) { return .stopped(exchange, at: waiting) }
            } catch {
                note(Failure(error, in: exchange, line: 0), exchange)
            }
        }
        end(exchange)
        return exchange.failure == nil && service.standsStillUntil == nil ? .response(finish(exchange)) : .stopped(exchange, at: nil)
    }

    private func complete(_ progress: Progress) async -> Response {
        switch progress {
        case .response(let response): return response
        case .arrived(let service, let request, let context): return await take(request, context, by: service)
        case .stopped(let exchange, let waiting):
            if let waiting { await run(exchange, from: waiting) }
            return await conclude(exchange)
        }
    }

    private func take(_ request: Request, _ context: TraceContext?, by service: ServiceRuntime) async -> Response {
        if service.standsStillUntil != nil { await service.awaitMotion(on: world.loop) }
        var deployment = service.choose(&world.random)
        if deployment.compiled.hasRUM, let answer = takeBrowserEvents(request, service) { return answer }
        let start = world.now
        var place: ServicePods.Place?
        if let pods = service.pods {
            guard case .place(let given) = await pods.enter() else { return Response(status: 503, ending: .reset) }
            place = given
            deployment = given.deployment
        }
        let exchange = begin(request, context, deployment, start)
        exchange.place = place
        await run(exchange, from: 0)
        return await conclude(exchange)
    }

    private func run(_ exchange: Exchange, from first: Int) async {
        if exchange.failure == nil, let route = exchange.route {
            do { try await route.steps.run(exchange, from: first) } catch { note(Failure(error, in: exchange, line: 0), exchange) }
        }
        end(exchange)
    }

    /// The steps have ended.
    private func end(_ exchange: Exchange) {
        if exchange.response == nil, exchange.failure == nil, let route = exchange.route {
            note(Failure(.failed, "no step of \"\(route.name)\" answered the request"), exchange)
        }
        if exchange.deployment.compiled.log.accessMoment == .action { logAction(exchange) }
    }

    private func conclude(_ exchange: Exchange) async -> Response {
        if let failure = exchange.failure { await answer(failure, exchange) }
        if exchange.service.standsStillUntil != nil { await exchange.service.awaitMotion(on: world.loop) }
        if let place = exchange.place, await !leave(place) { return Response(status: 503, ending: .reset) }
        let response = finish(exchange)
        exchange.place?.transfer(received: exchange.request.messageSize, sent: response.messageSize)
        return response
    }

    /// Finds the route; without one the exchange's failure says why.
    private func begin(_ request: Request, _ context: TraceContext?, _ deployment: Deployment, _ start: Timestamp) -> Exchange {
        let target = RequestTarget(request.target)
        let match = try? deployment.compiled.router.match(request.method, path: target.rawPath)
        if case .found(let index, let parameters) = match {
            let route = deployment.compiled.routes[index]
            onRequest?(deployment.service.name, route.pattern)
            return exchange(request, context, target, deployment, route, parameters, start)
        }
        onRequest?(deployment.service.name, nil)
        let exchange = exchange(request, context, target, deployment, nil, [], start)
        switch match {
        case .methodNotAllowed(let allowed):
            exchange.responseHeaders.append(Headers.Field(name: "Allow", value: allowed.joined(separator: ", ")))
            note(Failure(.methodNotAllowed, "The method is not allowed for the requested URL.", status: 405), exchange)
        case .notFound: note(Failure(.notFound, "No route matches [\(request.method)] \"\(target.readablePath)\"", status: 404), exchange)
        case .found, nil: note(Failure(.badRequest, "the path holds a malformed percent escape", status: 400), exchange)
        }
        return exchange
    }

    private func exchange(
        _ request: Request, _ known: TraceContext?, _ target: RequestTarget, _ deployment: Deployment, _ route: CompiledRoute?, _ parameters: [String], _ start: Timestamp
    ) -> Exchange {
        let incoming = isRecording ? known ?? Propagation.extract(from: { request.headers[$0] }) : nil
        var context = incoming ?? TraceContext(trace: isRecording ? newTrace(at: start) : TraceID(high: 0, low: 0), parent: 0)
        if isRecording, let xray = deployment.compiled.xray { xray.begin(&context, hasCaller: incoming != nil, request, target, in: self) }
        return Exchange(
            shop: self, service: deployment.service, deployment: deployment, request: request, target: target, route: route, parameters: parameters,
            slotCount: route?.slotCount ?? 0, context: context, span: isRecording ? world.identifier() : 0, startedAt: start)
    }

    /// As Datadog's tracers make 128-bit ids: seconds in the high half, 64 random bits in the low one.
    private func newTrace(at time: Timestamp) -> TraceID {
        TraceID(high: UInt64(truncatingIfNeeded: time.seconds) << 32, low: world.identifier())
    }

    // MARK: Failures

    private func note(_ failure: Failure, _ exchange: Exchange) {
        var failure = failure
        exchange.deployment.compiled.name(&failure)
        exchange.failure = failure
        exchange.response = nil
        if failure.status >= 500 { exchange.spanError = exchange.spanError(failure) }
    }

    private func answer(_ failure: Failure, _ exchange: Exchange) async {
        exchange.isMakingErrorPage = true
        let pages = exchange.deployment.compiled.errorPages
        if let page = pages[String(failure.status)] ?? pages["default"] {
            let slots = exchange.slots
            exchange.slots = [Value](repeating: .null, count: page.slotCount)
            do { try await page.steps.run(exchange) } catch {
                let second = Failure(error, in: exchange, line: 0)
                exchange.log(.error, "the error page failed: \(second.message)", line: second.line)
            }
            exchange.slots = slots
        }
        if exchange.response == nil {
            let body = Value.object(["error": .string(failure.message)]).jsonBytes(exchange.deployment.compiled.jsonStyle)
            exchange.response = Response(status: failure.status, headers: ["Content-Type": "application/json"], body: body)
        }
    }

    /// File and line as people read stack traces, the innermost first.
    public func stack(of failure: Failure, in exchange: Exchange) -> String {
        var lines: [String] = []
        if !failure.file.isEmpty { lines.append("\(failure.file):\(failure.line):in `\(exchange.route?.name ?? exchange.service.name)'") }
        let wiring = "services/\(exchange.service.name).json"
        if failure.file != wiring, let step = failure.details["wiringLine"]?.integer { lines.append("\(wiring):\(step):in `\(exchange.route?.name ?? "")'") }
        return lines.joined(separator: "\n")
    }

    /// Lines around the place of a failure: `[{number, text, isFailing}]`.
    public func sourceExtract(of failure: Failure, in deployment: Deployment) -> Value {
        var text = deployment.compiled.source.text
        if failure.file.hasPrefix("views/") {
            text = views.source(ViewStore.name(failure.file), replacements: deployment.compiled.views) ?? ""
        }
        let lines = text.lines(around: failure.line, reach: 3)
        return .list(lines.map { .object(["number": .int($0.number), "text": .string($0.text), "isFailing": .bool($0.number == failure.line)]) })
    }

    // MARK: Finishing

    private func finish(_ exchange: Exchange) -> Response {
        var response = exchange.response ?? Response(status: 500)
        let compiled = exchange.deployment.compiled
        response.headers.reserveCapacity(response.headers.fields.count + exchange.responseHeaders.count + compiled.standardHeaders.count)
        for field in exchange.responseHeaders { response.headers.add(field.name, field.value) }
        if let name = compiled.requestIDHeader { response.headers.set(name, exchange.requestID) }
        for field in compiled.standardHeaders where response.headers[field.name] == nil { response.headers.add(field.name, field.value) }
        if compiled.hasRUM, hasRUM, let pageProcessor {
            pageProcessor.apply(to: &response, for: exchange.request, trace: exchange.context, span: exchange.currentSpan)
        }
        if isRecording, let xray = compiled.xray { xray.finish(&response, of: exchange) }
        let now = world.now
        let duration = now.nanoseconds - exchange.startedAt.nanoseconds
        recorder.advance(to: now)
        if isRecording { recordServerSpan(exchange, response.status, duration) }
        if instrumentation != .none { metrics.count(exchange, status: response.status, nanoseconds: duration) }
        countForService(exchange, status: response.status, nanoseconds: duration)
        if compiled.log.accessMoment == .end { logAccess(exchange, Completion(status: response.status, size: response.bodySize, nanoseconds: duration)) }
        return response
    }

    /// In the service's own metrics, which it keeps whether or not anybody else looks at it.
    private func countForService(_ exchange: Exchange, status: Int, nanoseconds: Int64) {
        for metric in exchange.deployment.compiled.requestMetrics {
            metric.count(
                exchange.route, method: exchange.request.method, status: status, seconds: Double(nanoseconds) / 1e9, in: exchange.service.requestMetrics)
        }
    }

    /// The line by which a controller says that its action is done, whatever becomes of the request after it.
    private func logAction(_ exchange: Exchange) {
        guard let route = exchange.route, !route.action.isEmpty else { return }
        let status = exchange.failure?.status ?? exchange.response?.status ?? 500
        let duration = world.now.nanoseconds - exchange.startedAt.nanoseconds
        logAccess(exchange, Completion(status: status, size: exchange.response?.bodySize ?? 0, nanoseconds: duration))
    }

    private func recordServerSpan(_ exchange: Exchange, _ status: Int, _ duration: Int64) {
        guard recorder.hasReaders else { return }
        let compiled = exchange.deployment.compiled
        let template = exchange.route?.span ?? compiled.unmatchedSpan
        let needs = template.needs
        let request = exchange.request
        let facts = HTTPFacts(
            method: request.method, target: exchange.target.originForm, host: needs.contains(.host) ? request.headers["Host"] ?? "" : "",
            client: needs.contains(.client) ? request.remoteAddress : "", userAgent: needs.contains(.userAgent) ? request.headers["User-Agent"] ?? "" : "",
            requestID: needs.contains(.requestID) ? exchange.requestID : "", attributes: exchange.annotations,
            arrival: exchange.context.isTelling ? Span.Arrival(exchange.context) : nil)
        recorder.record(
            Span(
                trace: exchange.context.trace, id: exchange.currentSpan, parent: exchange.context.parent, template: template,
                start: compiled.clock(at: exchange.startedAt), durationNanoseconds: duration, status: status, isError: status >= 500 || exchange.spanError != nil,
                resource: exchange.route == nil ? compiled.unmatchedResource(of: exchange, status) : nil, detail: .http(facts), error: exchange.spanError))
    }

    // MARK: Life

    /// Starts the background tasks of all services.
    func start() {
        for service in services {
            startTasks(of: service)
            service.pods?.resume()
        }
    }

    func startTasks(of service: ServiceRuntime) {
        for task in service.tasks { task.cancel() }
        service.tasks = []
        guard let owner else { return }
        for deployment in service.deployments {
            for index in deployment.compiled.background.indices {
                let job = BackgroundJob(core: self, deployment: deployment, index: index)
                service.tasks.append(Task(executorPreference: world.loop) { await owner.run(job) })
            }
        }
    }

    /// Ends the background tasks; requests in flight go on.
    func retire() {
        for service in services {
            for task in service.tasks { task.cancel() }
            service.tasks = []
            service.pods?.pause()
        }
    }

    private static let longestCertainInterval = Duration.seconds(5)

    func run(_ job: BackgroundJob) async {
        let task = job.deployment.compiled.background[job.index]
        while !Task.isCancelled {
            do {
                try await world.loop.sleep(for: world.isEveryChanceCertain ? min(task.interval, Self.longestCertainInterval) : task.interval)
                // Without a container there is nobody to do it.
                if let pods = job.deployment.service.pods, !pods.controller.hasContainer { continue }
                await job.deployment.service.awaitMotion(on: world.loop)
                try await run(task, of: job.deployment)
            } catch {
                // Whatever a step was waiting for ends with the task.
                if Task.isCancelled { return }
                log(Message(level: .error, text: "\(error)", logger: task.name), as: job.deployment.compiled.log.line, service: job.deployment, exchange: nil)
            }
        }
    }

    /// Runs steps that belong to no request, once.
    func run(_ task: BackgroundTask, of deployment: Deployment) async throws {
        let request = Request(method: "RUN", target: "/" + task.name)
        let exchange = Exchange(
            shop: self, service: deployment.service, deployment: deployment, request: request, target: RequestTarget(request.target), route: nil, parameters: [],
            slotCount: task.slotCount, context: TraceContext(trace: newTrace(at: world.now), parent: 0), span: 0, startedAt: world.now)
        try await task.steps.run(exchange)
    }
}

/// A background task on its way into a task of the shop's actor.
// @unchecked Sendable: only the shop's actor, which made it, opens it again.
struct BackgroundJob: @unchecked Sendable {
    let core: ShopCore
    let deployment: Deployment
    let index: Int
}

extension Shop {
    func run(_ job: BackgroundJob) async { await job.core.run(job) }
}
