import Base
import Telemetry

/// A log line.
final class WriteLog: ImmediateOperation {
    private let text: TextTemplate
    private let logger: TextTemplate?
    private let level: LogRecord.Level
    private let fields: [(name: String, shape: Shape)]
    private let format: Int?
    private let line: Int

    init(_ options: StepOptions) {
        text = options.requiredText("text")
        logger = options.text("logger")
        level = options.word("level").flatMap(LogRecord.Level.init) ?? .info
        fields = options.shapes("fields")
        format = options.logFormat("format")
        line = options.line
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let fields = try fields.map { Attribute($0.name, try $0.shape.value(exchange)) }
        exchange.log(level, try text.text(exchange), logger: try logger?.text(exchange) ?? "", line: line, fields: fields, format: format)
        return .null
    }
}

/// Named values on the request's span.
final class Annotate: ImmediateOperation {
    private let values: [(name: String, shape: Shape)]
    private let pairs: Shape?

    init(_ options: StepOptions) {
        values = options.shapes("values")
        pairs = options.shape("pairs")
        if !options.has("values"), !options.has("pairs") { options.report("\"annotate\" needs \"values\" or \"pairs\"") }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        for (name, shape) in values { annotate(exchange, Attribute(name, try shape.value(exchange))) }
        for pair in try pairs?.value(exchange).elements ?? [] {
            annotate(exchange, Attribute(pair["name"]?.text ?? "", pair["value"] ?? .null))
        }
        return .null
    }

    /// The last value counts, as with tracers' set_attribute.
    private func annotate(_ exchange: Exchange, _ attribute: Attribute) {
        exchange.annotations.removeAll { $0.name == attribute.name }
        exchange.annotations.append(attribute)
    }
}
