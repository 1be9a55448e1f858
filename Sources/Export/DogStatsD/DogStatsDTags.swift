import Base
import Telemetry

/// The tags of DogStatsD lines: those of a metric, and those that everything has.
struct DogStatsDTags {
    /// Sent with everything that does not say otherwise.
    private let shared: [(name: String, value: String)]

    /// - Parameters:
    ///   - environment: Empty when unknown, like service and version.
    ///   - tags: `DD_TAGS` and the like.
    init(environment: String, service: String, version: String, tags: [Attribute]) {
        let unified = [("env", environment), ("service", service), ("version", version)].filter { !$0.1.isEmpty }
        shared = unified.map { (name: $0.0, value: $0.1) } + tags.map { (name: $0.name, value: $0.value.text) }
    }

    /// `|#env:shop,service:ads`; nothing without tags.
    func text(_ own: [(name: String, value: String)]) -> String {
        var tags = own
        // The version belongs to the service: that of the whole is not that of one that names itself.
        let namesService = own.contains { $0.name == "service" }
        for tag in shared where !own.contains(where: { $0.name == tag.name }) && !(namesService && tag.name == "version") { tags.append(tag) }
        guard !tags.isEmpty else { return "" }
        return "|#" + tags.map { Self.clean($0.name) + ":" + Self.clean($0.value) }.joined(separator: ",")
    }

    /// Commas, bars and line breaks would end the tag.
    private static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 44 || $0 == 124 || $0 < 32 }) else { return text }
        return String(text.map { ",|".contains($0) || $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? "_" : $0 })
    }
}
