import Base
import HTTP
import Telemetry

extension ShopCore {
    /// Writes one line of a service: into the store for searching, and to the log sink.
    func log(
        _ level: LogRecord.Level, _ message: String, logger: String, line: Int, service deployment: Deployment, trace: TraceID?, span: UInt64
    ) {
        let format = deployment.compiled.log
        let isFull = instrumentation == .full
        guard let layout = isFull ? format.line : format.plain else { return }
        let entry = LogLine(
            time: world.now, level: level, service: deployment.compiled.identity, message: message, logger: logger,
            file: format.sourceFile, line: line, trace: isFull ? trace : nil, span: isFull ? span : 0)
        store(entry, layout, deployment)
    }

    func logAccess(_ exchange: Exchange, _ response: Response, nanoseconds: Int64) {
        let format = exchange.deployment.compiled.log
        let isFull = instrumentation == .full
        guard let layout = isFull ? format.access : format.plainAccess else { return }
        let entry = LogLine(
            time: world.now, level: format.level(ofStatus: response.status), service: exchange.deployment.compiled.identity,
            message: exchange.route?.completionMessage ?? CompiledRoute.completionMessage(action: ""), trace: isFull ? exchange.context.trace : nil,
            span: isFull ? exchange.currentSpan : 0,
            fields: layout.fields.map { Attribute($0.rawValue, exchange.value(of: $0, response, nanoseconds: nanoseconds)) })
        store(entry, layout.layout, exchange.deployment)
    }

    private func store(_ entry: LogLine, _ layout: LogFormat, _ deployment: Deployment) {
        let line = layout.text(entry)
        if instrumentation != .none {
            recorder.record(
                LogRecord(time: entry.time, service: deployment.compiled.identity, level: entry.level, line: line, message: entry.message, trace: entry.trace, span: entry.span))
        }
        configuration.logSink?(deployment.compiled.log.serviceName, line)
    }
}

extension Exchange {
    /// What a field of an access line says.
    fileprivate func value(of field: ServiceLogFormat.AccessField, _ response: Response, nanoseconds: Int64) -> Value {
        switch field {
        case .method: .string(request.method)
        case .target: .string(request.target)
        case .path: .string(String(target.rawPath))
        case .status: .int(response.status)
        case .reason: .string(Status.reason(response.status))
        case .durationMilliseconds: .double(Double(nanoseconds / 1_000) / 1_000)
        case .remote: .string(request.remoteAddress)
        case .route: .string(route?.pattern ?? "")
        case .name: .string(route?.name ?? "")
        case .controller: .string(route?.controller ?? "")
        case .action: .string(route?.action ?? "")
        case .size: .int(response.bodySize)
        case .userAgent: .string(request.headers["User-Agent"] ?? "-")
        case .host: .string(service.host)
        case .requestID: .string(currentSpan.hex)
        case .errorType: .string(spanError?.type ?? "")
        case .errorMessage: .string(spanError?.message ?? "")
        case .errorStack: .string(spanError?.stack ?? "")
        }
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
