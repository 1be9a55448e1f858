import Telemetry

/// What all spans of one template have in common, in MessagePack.
final class PreparedSpan {
    /// Kept, so that no other template gets its address.
    let template: SpanTemplate
    /// Members `name` and `service`.
    let head: [UInt8]
    /// The value of member `resource`.
    let resource: [UInt8]
    /// Member `type`; empty when the template has none.
    let type: [UInt8]
    let tags: SpanTags

    /// - Parameter shared: On every span.
    init(_ template: SpanTemplate, shared: [Attribute]) {
        self.template = template
        var writer = MessagePackWriter()
        writer.string("name")
        writer.string(template.name)
        writer.string("service")
        writer.string(template.service.name)
        head = writer.bytes
        resource = Self.encoded(resource: template.resource.isEmpty ? template.name : template.resource)
        type = template.type.isEmpty ? [] : Self.encoded(type: template.type)
        tags = Self.tags(template, shared)
    }

    private static func tags(_ template: SpanTemplate, _ shared: [Attribute]) -> SpanTags {
        var tags = SpanTags()
        let service = template.service
        if !service.environment.isEmpty { tags.add("env", service.environment) }
        if !service.version.isEmpty { tags.add("version", service.version) }
        if template.kind != .internal {
            tags.add("span.kind", template.kind.rawValue)
            // Requests and calls are measured by themselves, as the agent does it for its own integrations.
            tags.add("_dd.measured", 1)
        }
        for attribute in template.attributes + service.attributes + shared where !attribute.value.text.isEmpty { tags.add(attribute) }
        return tags
    }

    private static func encoded(type: String) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.string("type")
        writer.string(type)
        return writer.bytes
    }

    /// The agent cuts longer ones; cut here, they need not travel.
    private static let resourceLimit = 5_000

    static func encoded(resource: String) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.string(resource.utf8.count <= resourceLimit ? resource : String(decoding: resource.utf8.prefix(resourceLimit), as: UTF8.self))
        return writer.bytes
    }
}
