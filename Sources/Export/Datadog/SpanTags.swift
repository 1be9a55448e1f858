import Base
import Telemetry

/// Tags of a span in MessagePack: texts go into its `meta`, numbers into its `metrics`.
struct SpanTags {
    private(set) var names: Set<String> = []
    private(set) var meta: [UInt8] = []
    private(set) var metaCount = 0
    private(set) var metrics: [UInt8] = []
    private(set) var metricCount = 0

    /// The first of a name counts; null is no tag.
    mutating func add(_ attribute: Attribute) {
        let tag = DatadogNames.tag(attribute.name)
        switch attribute.value {
        case .null: break
        case .int(let number) where !DatadogNames.isText(tag): add(tag, Double(number))
        case .double(let number) where number.isFinite: add(tag, number)
        case let value: add(tag, value.text)
        }
    }

    mutating func add(_ tag: String, _ text: String) {
        guard names.insert(tag).inserted else { return }
        var writer = MessagePackWriter(bytes: meta)
        meta = []
        writer.string(tag)
        writer.string(text)
        meta = writer.bytes
        metaCount += 1
    }

    mutating func add(_ tag: String, _ number: Double) {
        guard names.insert(tag).inserted else { return }
        var writer = MessagePackWriter(bytes: metrics)
        metrics = []
        writer.string(tag)
        writer.double(number)
        metrics = writer.bytes
        metricCount += 1
    }

    mutating func removeAll() {
        names.removeAll(keepingCapacity: true)
        meta.removeAll(keepingCapacity: true)
        metrics.removeAll(keepingCapacity: true)
        metaCount = 0
        metricCount = 0
    }
}
