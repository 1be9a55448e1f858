import Base
import HTTP
import Telemetry

extension ShopCore {
    /// What a step, or the shop itself, has to say.
    struct Message {
        var level: LogRecord.Level
        var text: String
        var logger = ""
        /// Of the wiring; 0 where none wrote it.
        var line = 0
        var fields: [Attribute] = []
    }

    /// How a request ended, for the line that says so.
    struct Completion {
        var status: Int
        /// Bytes of the body.
        var size = 0
        var nanoseconds: Int64
    }

    /// Writes one line of a service: into the store for searching, and to the log sink.
    func log(_ message: Message, as format: ServiceLogFormat.Pair, service deployment: Deployment, exchange: Exchange?) {
        let isFull = instrumentation == .full
        guard let layout = isFull ? format.full : format.plain, isHeard(layout, exchange) else { return }
        let entry = LogLine(
            time: deployment.compiled.clock(at: world.now), level: message.level, service: deployment.compiled.identity, message: message.text, logger: message.logger,
            file: deployment.compiled.log.sourceFile, line: message.line, trace: isFull ? exchange?.context.trace : nil,
            span: isFull ? exchange?.currentSpan ?? 0 : 0, facts: exchange.map { facts(layout, of: $0, nil) } ?? [], fields: message.fields)
        store(entry, layout.layout, deployment, exchange)
    }

    func logAccess(_ exchange: Exchange, _ completion: Completion) {
        let format = exchange.deployment.compiled.log
        let isFull = instrumentation == .full
        guard let layout = isFull ? format.access.full : format.access.plain, isHeard(layout, exchange) else { return }
        let entry = LogLine(
            time: exchange.deployment.compiled.clock(at: world.now), level: format.level(ofStatus: completion.status), service: exchange.deployment.compiled.identity,
            message: exchange.route?.completionMessage ?? CompiledRoute.completionMessage(action: ""), trace: isFull ? exchange.context.trace : nil,
            span: isFull ? exchange.currentSpan : 0, facts: facts(layout, of: exchange, completion))
        store(entry, layout.layout, exchange.deployment, exchange)
    }

    /// Notes lines of something that runs beside the services, as a load generator does: under its name, with the tags of a job in their cluster.
    public func log(_ lines: [String], ofJob name: String) {
        guard recorder.hasReaders, instrumentation != .none else { return }
        let job = ServiceIdentity(name: name, version: "", environment: environment, attributes: ClusterTags.attributes(job: name, pack.cluster))
        for line in lines { recorder.record(LogRecord(time: world.now, service: job, level: .info, line: line, message: line)) }
    }

    private func facts(_ format: ServiceLogFormat.Format, of exchange: Exchange, _ completion: Completion?) -> [Value] {
        format.facts.map { exchange.value(of: $0, completion) }
    }

    /// False where nobody reads lines; what is drawn for one is drawn all the same, so that all else stays as it would be.
    private func isHeard(_ format: ServiceLogFormat.Format, _ exchange: Exchange?) -> Bool {
        if recorder.hasReaders || configuration.logSink != nil { return true }
        if format.facts.contains(.requestID) { _ = exchange?.requestID }
        return false
    }

    private func store(_ entry: LogLine, _ layout: LogFormat, _ deployment: Deployment, _ exchange: Exchange?) {
        let line = layout.text(entry, by: &lineBuffer)
        if instrumentation != .none {
            var attributes = entry.fields
            if let pod = exchange?.place?.pod ?? deployment.service.pods?.controller.pods.first?.name { attributes.append(Attribute("pod_name", .string(pod))) }
            recorder.record(
                LogRecord(
                    time: entry.time, service: deployment.compiled.identity, level: entry.level, line: line,
                    // A line of nothing but named values, as go-kit writes them, is all message.
                    message: entry.message.isEmpty ? line : entry.message, trace: entry.trace,
                    span: entry.span, attributes: attributes))
        }
        configuration.logSink?(deployment.compiled.log.serviceName, line)
    }
}

extension Exchange {
    /// What a log line says of a fact.
    fileprivate func value(of fact: ServiceLogFormat.Fact, _ completion: ShopCore.Completion?) -> Value {
        switch fact {
        case .method: .string(request.method)
        case .target: .string(request.target)
        case .path: .string(String(target.rawPath))
        case .remote: .string(request.remoteAddress)
        case .route: .string(route?.pattern ?? "")
        case .name: .string(route?.name ?? "")
        case .controller: .string(route?.controller ?? "")
        case .action: .string(route?.action ?? "")
        case .userAgent: .string(request.headers["User-Agent"] ?? "-")
        case .host: .string(service.host)
        case .params: parametersForLogs
        case .requestID: .string(requestID)
        case .status: .int(completion?.status ?? 0)
        case .reason: .string(Status.reason(completion?.status ?? 0))
        case .size: .int(completion?.size ?? 0)
        case .durationMilliseconds: .double(Double((completion?.nanoseconds ?? 0) / 1_000) / 1_000)
        case .durationText: .string(SemanticLogger.text(ofMicroseconds: (completion?.nanoseconds ?? 0) / 1_000))
        case .viewRuntime: .double(Double(runtimes.views / 10_000) / 100)
        case .databaseRuntime: .double(Double(runtimes.database / 10_000) / 100)
        case .statusStyle: .string(deployment.compiled.log.style(ofStatus: completion?.status ?? 0))
        case .errorType: .string(spanError?.type ?? "")
        case .errorMessage: .string(spanError?.message ?? "")
        case .errorStack: .string(spanError?.stack ?? "")
        }
    }

    /// Query, form or JSON body, and the parts of the path, as Rails merges them; null when there are none.
    private var parametersForLogs: Value {
        var parameters = view.nestedQuery.members + view.nestedForm.members + view.json.members
        for (name, value) in zip(route?.parameterNames ?? [], self.parameters) { parameters.append((name, .string(value))) }
        var seen: Set<String> = []
        // The last of one name counts, as in Rails; what only the framework uses is left out.
        let kept = parameters.reversed().filter { $0.0 != "_method" && seen.insert($0.0).inserted }.reversed()
        return kept.isEmpty ? .null : deployment.compiled.log.filtered(.record(Record(Array(kept))))
    }
}

extension Value {
    fileprivate var members: [(String, Value)] { fields.map { Array(zip($0.layout.names, $0.values)) } ?? [] }
}

/// Durations as Ruby's Semantic Logger writes them for people (reidmorrison/semantic_logger lib/semantic_logger/log.rb, duration_human).
enum SemanticLogger {
    static func text(ofMicroseconds microseconds: Int64) -> String {
        let milliseconds = Double(microseconds) / 1_000
        if milliseconds >= 1_000 { return Filter.fixed(milliseconds / 1_000, decimals: 3) + "s" }
        return Filter.fixed(milliseconds, decimals: milliseconds < 10 ? 3 : 1) + "ms"
    }
}

extension Response {
    /// Length of the body in bytes.
    var bodySize: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .paced(let pieces): pieces.reduce(0) { $0 + $1.bytes.count }
        }
    }
}
