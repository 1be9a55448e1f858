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
            file: format.sourceFile ?? "services/\(deployment.service.name).json", line: line, trace: isFull ? trace : nil, span: isFull ? span : 0)
        store(entry, layout, deployment)
    }

    func logAccess(_ exchange: Exchange, _ response: Response, nanoseconds: Int64) {
        let format = exchange.deployment.compiled.log
        let isFull = instrumentation == .full
        guard let layout = isFull ? format.access : format.plainAccess else { return }
        let name = exchange.route?.name ?? ""
        let parts = name.split(separator: "#", maxSplits: 1)
        let entry = LogLine(
            time: world.now, level: format.level(ofStatus: response.status), service: exchange.deployment.compiled.identity, message: "Completed #\(parts.count == 2 ? parts[1] : "request")",
            trace: isFull ? exchange.context.trace : nil, span: isFull ? exchange.currentSpan : 0,
            fields: [
                Attribute("method", .string(exchange.request.method)), Attribute("target", .string(exchange.request.target)),
                Attribute("path", .string(String(RequestTarget(exchange.request.target).rawPath))), Attribute("status", .int(response.status)),
                Attribute("reason", .string(Status.reason(response.status))), Attribute("duration_ms", .double(Double(nanoseconds / 1_000) / 1_000)),
                Attribute("remote", .string(exchange.request.remoteAddress)), Attribute("route", .string(exchange.route?.pattern ?? "")), Attribute("name", .string(name)),
                Attribute("controller", .string(parts.first.map(String.init) ?? "")), Attribute("action", .string(parts.count == 2 ? String(parts[1]) : "")),
                Attribute("size", .int(response.bodySize)), Attribute("user_agent", .string(exchange.request.headers["User-Agent"] ?? "-")),
                Attribute("host", .string(exchange.service.host)), Attribute("request_id", .string(exchange.currentSpan.hex)),
                Attribute("error_type", .string(exchange.spanError?.type ?? "")), Attribute("error_message", .string(exchange.spanError?.message ?? "")),
                Attribute("error_stack", .string(exchange.spanError?.stack ?? "")),
            ])
        store(entry, layout, exchange.deployment)
    }

    private func store(_ entry: LogLine, _ layout: LogFormat, _ deployment: Deployment) {
        let line = layout.text(entry)
        let name = deployment.compiled.log.serviceName ?? deployment.service.name
        if instrumentation != .none {
            recorder.record(
                LogRecord(time: entry.time, service: deployment.compiled.identity, level: entry.level, line: line, message: entry.message, trace: entry.trace, span: entry.span))
        }
        configuration.logSink?(name, line)
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
