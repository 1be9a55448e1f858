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

    init(_ options: StepOptions) { values = options.shapes("values") }

    func runNow(_ exchange: Exchange) throws -> Value? {
        for (name, shape) in values {
            let attribute = Attribute(name, try shape.value(exchange))
            // The last value counts, as with tracers' set_attribute.
            exchange.annotations.removeAll { $0.name == name }
            exchange.annotations.append(attribute)
        }
        return .null
    }
}
