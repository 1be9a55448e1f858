import Base
import CYAML

/// Writes data as YAML documents in block style (libyaml's emitter decides what needs quotes).
public enum YAMLWriter {
    public static func text(_ documents: [Value]) -> String {
        var emitter = YAMLEmitter()
        for document in documents { emitter.write(document) }
        return emitter.finish()
    }
}

/// libyaml's emitter and what it has written. Owns the C emitter.
private struct YAMLEmitter {
    /// The emitter keeps a pointer to where its output goes.
    private final class Memory {
        let emitter = UnsafeMutablePointer<yaml_emitter_t>.allocate(capacity: 1)
        var bytes: [UInt8] = []

        deinit {
            yaml_emitter_delete(emitter)
            emitter.deallocate()
        }
    }

    private let memory = Memory()

    init() {
        yaml_emitter_initialize(memory.emitter)
        yaml_emitter_set_unicode(memory.emitter, 1)
        yaml_emitter_set_width(memory.emitter, -1)
        yaml_emitter_set_output(
            memory.emitter,
            { context, buffer, size in
                guard let context, let buffer else { return 0 }
                let memory = Unmanaged<Memory>.fromOpaque(context).takeUnretainedValue()
                memory.bytes.append(contentsOf: UnsafeBufferPointer(start: buffer, count: size))
                return 1
            }, Unmanaged.passUnretained(memory).toOpaque())
        emit { yaml_stream_start_event_initialize(&$0, YAML_UTF8_ENCODING) }
    }

    mutating func write(_ document: Value) {
        emit { yaml_document_start_event_initialize(&$0, nil, nil, nil, 0) }
        node(document)
        emit { yaml_document_end_event_initialize(&$0, 1) }
    }

    mutating func finish() -> String {
        emit { yaml_stream_end_event_initialize(&$0) }
        yaml_emitter_flush(memory.emitter)
        return String(decoding: memory.bytes, as: UTF8.self)
    }

    private func node(_ value: Value) {
        switch value {
        case .list(let elements):
            emit { yaml_sequence_start_event_initialize(&$0, nil, nil, 1, elements.isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE) }
            for element in elements { node(element) }
            emit { yaml_sequence_end_event_initialize(&$0) }
        case .record(let record):
            emit { yaml_mapping_start_event_initialize(&$0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
            for (name, member) in zip(record.layout.names, record.values) {
                scalar(name, isText: true)
                node(member)
            }
            emit { yaml_mapping_end_event_initialize(&$0) }
        case .string(let text): scalar(text, isText: true)
        default: scalar(value.json(), isText: false)
        }
    }

    private func scalar(_ text: String, isText: Bool) {
        // A text that would read as a number or as true needs quotes.
        let isPlain = !isText || YAMLComposer.readsAsText(text)
        var text = text
        text.withUTF8 { buffer in
            emit {
                yaml_scalar_event_initialize(
                    &$0, nil, nil, buffer.baseAddress, Int32(buffer.count), isPlain ? 1 : 0, 1,
                    isPlain ? YAML_ANY_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE)
            }
        }
    }

    private func emit(_ make: (inout yaml_event_t) -> Int32) {
        var event = yaml_event_t()
        // Fails only without memory; the emitter frees the event in any case.
        precondition(make(&event) == 1 && yaml_emitter_emit(memory.emitter, &event) == 1, "YAML could not be written")
    }
}
