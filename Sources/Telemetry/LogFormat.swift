import Base

/// A compiled line template in a service's own log format.
///
/// A placeholder is `{` directly followed by a letter: `{name}`, `{name:option}`, `{name|filter|filter}`. Every other brace stands
/// for itself, so that JSON lines need no escaping; `\{` writes a brace where a letter follows.
///
/// | Placeholder | Writes |
/// |---|---|
/// | `{time}`, `{time:%d/%b/%Y}` | the time in UTC, as ISO 8601 or with the letters of `Timestamp.formatted`; `%F` is the fraction of a second as Go prints it |
/// | `{level}` | `debug`, `info`, `warn`, `error`, `fatal`; `:upper`, `:letter` (`I`), `:python` (`WARNING`), `:index` (1 to 5, as Ruby's Semantic Logger counts) |
/// | `{message}`, `{logger}`, `{file}`, `{line}`, `{pid}` | |
/// | `{service}`, `{env}`, `{version}` | of the service |
/// | `{dd.service}`, `{dd.env}`, `{dd.version}` | the same, under Datadog's names |
/// | `{dd.trace_id}`, `{dd.span_id}` | decimal low 64 bits, `0` without a span; `{dd.trace_id:hex}` 32 digits |
/// | `{trace_id}`, `{span_id}` | 32 and 16 hexadecimal digits, empty without a span; `{trace_id:low}` the low 16, as 64-bit tracers write it |
/// | `{fields:json}`, `{fields:logfmt}` | all named fields of the line: `,"name":value` each, or ` name=value` each as go-kit writes them |
/// | `{fields.NAME}` | the value of one, empty when the line has none; `{fields.NAME:json}` as JSON, then `null` |
/// | any other known name | the line's fact of that name, empty when the line has none |
///
/// Filters: `json` escapes for the inside of a JSON string, `<8` and `>8` pad to a width on the right or the left, `then:TEXT` writes the
/// text when there is something to write, `member:NAME` puts `"NAME":` before it and `,` behind it then.
public struct LogFormat: Sendable {
    /// A placeholder that cannot be filled.
    public struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
        /// Position of the placeholder in the template, in bytes from 0.
        public var offset: Int
        public var description: String
    }

    /// All mistakes of one template.
    public struct Mistakes: Error, Equatable, Sendable, CustomStringConvertible {
        public var list: [Mistake]
        public var description: String { list.map { "at byte \($0.offset): \($0)" }.joined(separator: "; ") }
    }

    public static let builtInNames: Set<String> = [
        "time", "level", "message", "logger", "file", "line", "pid", "service", "env", "version", "dd.service", "dd.env", "dd.version",
        "dd.trace_id", "dd.span_id", "trace_id", "span_id", "fields",
    ]

    private let pieces: [Piece]

    /// - Parameters:
    ///   - template: The line without its line break.
    ///   - facts: Names that lines may have beside the built-in ones.
    /// - Throws: `Mistakes` with every placeholder that is not known or malformed.
    public init(_ template: String, facts: Set<String> = []) throws(Mistakes) {
        var compiler = LogFormatCompiler(template: template, facts: facts)
        pieces = compiler.compile()
        factNames = compiler.factNames
        if !compiler.mistakes.isEmpty { throw Mistakes(list: compiler.mistakes) }
    }

    /// The facts that the template names beside the built-in ones, in its order: nobody need work out the others.
    public let factNames: [String]

    /// The finished line without a line break.
    public func text(_ line: LogLine) -> String {
        var buffer: [UInt8] = []
        return text(line, by: &buffer)
    }

    /// The finished line without a line break, put together in a buffer that callers with many lines keep.
    public func text(_ line: LogLine, by buffer: inout [UInt8]) -> String {
        buffer.removeAll(keepingCapacity: true)
        write(line, into: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Appends the line to a buffer.
    public func write(_ line: LogLine, into out: inout [UInt8]) {
        // Through a buffer: iterating over the array would copy, retain and release each piece.
        pieces.withUnsafeBufferPointer { pieces in
            for index in pieces.indices {
                if pieces[index].filters.isEmpty { pieces[index].source.write(line, into: &out) } else { pieces[index].writeFiltered(line, into: &out) }
            }
        }
    }

    struct Piece: Sendable {
        var source: Source
        var filters: [Filter] = []

        func writeFiltered(_ line: LogLine, into out: inout [UInt8]) {
            var part: [UInt8] = []
            source.write(line, into: &part)
            for filter in filters { part = filter.apply(to: part) }
            out.append(contentsOf: part)
        }
    }

    enum Filter: Sendable, Equatable {
        case json
        case left(Int)
        case right(Int)
        case then([UInt8])
        case member([UInt8])

        func apply(to part: [UInt8]) -> [UInt8] {
            switch self {
            case .json:
                var quoted: [UInt8] = []
                JSONStyle.compact.writeString(String(decoding: part, as: UTF8.self), into: &quoted)
                return Array(quoted.dropFirst().dropLast())
            case .left(let width): return part + Self.spaces(width - part.count)
            case .right(let width): return Self.spaces(width - part.count) + part
            case .then(let text): return part.isEmpty ? [] : text
            case .member(let name): return part.isEmpty ? [] : name + part + [UInt8(ascii: ",")]
            }
        }

        private static func spaces(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: " "), count: max(0, count)) }
    }

    enum LevelStyle: Sendable { case lower, upper, letter, python, index }

    enum Source: Sendable {
        case literal([UInt8])
        case time([TimePart])
        case level(LevelStyle)
        case message, logger, file, line, processID, service, environment, version
        case decimalTrace, decimalSpan, hexTrace, hexTraceOrZero, hexSpan, lowHexTrace
        /// Position among the facts of a line.
        case fact(Int)
        // One case, so that the others stay small enough to be written without copies.
        case fields(LogFields)

        func write(_ line: LogLine, into out: inout [UInt8]) {
            switch self {
            case .literal(let bytes): out.append(contentsOf: bytes)
            case .time(let parts): TimePart.write(parts, line.time, into: &out)
            case .level(let style): out.append(line.level.text(style))
            case .message: out.append(line.message)
            case .logger: out.append(line.logger)
            case .file: out.append(line.file)
            case .line: out.append(decimal: line.line)
            case .processID: out.append(decimal: line.processID)
            case .service: out.append(line.service.name)
            case .environment: out.append(line.service.environment)
            case .version: out.append(line.service.version)
            case .decimalTrace: out.append(unsigned: line.trace?.low ?? 0)
            case .decimalSpan: out.append(unsigned: line.span)
            case .hexTrace: if let trace = line.trace { out.append(trace) }
            case .hexTraceOrZero: if let trace = line.trace { out.append(trace) } else { out.append(UInt8(ascii: "0")) }
            case .hexSpan: if line.span != 0 { out.append(hex: line.span) }
            case .lowHexTrace: if let trace = line.trace { out.append(hex: trace.low) }
            case .fact(let position): if line.facts.indices.contains(position) { out.append(line.facts[position].text) }
            case .fields(let fields): fields.write(line.fields, into: &out)
            }
        }
    }
}

extension LogRecord.Level {
    fileprivate func text(_ style: LogFormat.LevelStyle) -> StaticString {
        switch (style, self) {
        case (.lower, .debug): "debug"
        case (.lower, .info): "info"
        case (.lower, .warn): "warn"
        case (.lower, .error): "error"
        case (.lower, .fatal): "fatal"
        case (.index, .debug): "1"
        case (.index, .info): "2"
        case (.index, .warn): "3"
        case (.index, .error): "4"
        case (.index, .fatal): "5"
        case (.letter, .debug): "D"
        case (.letter, .info): "I"
        case (.letter, .warn): "W"
        case (.letter, .error): "E"
        case (.letter, .fatal): "F"
        case (.python, .fatal): "CRITICAL"
        case (.python, .warn): "WARNING"
        case (_, .debug): "DEBUG"
        case (_, .info): "INFO"
        case (_, .warn): "WARN"
        case (_, .error): "ERROR"
        case (_, .fatal): "FATAL"
        }
    }
}

extension [UInt8] {
    /// Appends the decimal digits of an identifier, which may need all 64 bits.
    fileprivate mutating func append(unsigned value: UInt64) {
        if let small = Int(exactly: value) { append(decimal: small) } else { append(String(value)) }
    }
}
