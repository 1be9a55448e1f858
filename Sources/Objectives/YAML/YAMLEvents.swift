import Base
import CYAML

/// libyaml's parser, one event at a time. Owns the C parser.
final class YAMLEvents {
    struct Event {
        enum Kind {
            case documentStart, sequenceStart, sequenceEnd, mappingStart, mappingEnd, streamEnd, other
            case scalar(String, isPlain: Bool)
            case alias(String)
        }

        var kind: Kind
        var anchor: String?
        /// From 1, as column.
        var line: Int
        var column: Int
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// The parser reads from it until the end.
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let file: String

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        input = .allocate(capacity: max(1, bytes.count))
        _ = input.initialize(from: bytes)
        yaml_parser_initialize(parser)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(Problem) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { yaml_event_delete(&event) }
        let mark = event.start_mark
        func made(_ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil) -> Event {
            Event(kind: kind, anchor: anchor.map { String(cString: $0) }, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        }
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_STREAM_END_EVENT: return made(.streamEnd)
        case YAML_SEQUENCE_START_EVENT: return made(.sequenceStart, anchor: event.data.sequence_start.anchor)
        case YAML_SEQUENCE_END_EVENT: return made(.sequenceEnd)
        case YAML_MAPPING_START_EVENT: return made(.mappingStart, anchor: event.data.mapping_start.anchor)
        case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
        case YAML_ALIAS_EVENT: return made(.alias(event.data.alias.anchor.map { String(cString: $0) } ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return made(.scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), anchor: scalar.anchor)
        default: return made(.other)
        }
    }

    private var problem: Problem {
        let text = parser.pointee.problem.map { String(cString: $0) } ?? "this is not YAML"
        let mark = parser.pointee.problem_mark
        return Problem(text, at: SourceLocation(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1))
    }
}
