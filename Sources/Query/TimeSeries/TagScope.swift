import Telemetry

/// Which series of a metric are meant: what stands in braces.
public indirect enum TagScope: Sendable, Equatable {
    case all
    case tag(key: String, value: TextPattern)
    /// A tag without a value.
    case bare(String)
    case not(TagScope)
    case and([TagScope])
    case or([TagScope])

    /// - Parameter tags: With values as Datadog's agent writes them.
    public func matches(_ tags: [SeriesTag]) -> Bool {
        switch self {
        case .all: true
        case .tag(let key, let value): tags.contains { $0.key == key && value.matches($0.value) }
        case .bare(let name): tags.contains { $0.key == name && $0.value.isEmpty }
        case .not(let inner): !inner.matches(tags)
        case .and(let parts): parts.allSatisfy { $0.matches(tags) }
        case .or(let parts): parts.contains { $0.matches(tags) }
        }
    }
}

public struct SeriesTag: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    /// `service:ads`
    var text: String { value.isEmpty ? key : "\(key):\(value)" }
}

extension LabelSet {
    /// As Datadog's back end keeps them.
    func seriesTags(shared: LabelSet) -> [SeriesTag] {
        let own = datadogTags
        let common = shared.datadogTags.filter { item in !own.contains { $0.name == item.name } }
        return (own + common).map { SeriesTag($0.name, DatadogTag.normalized($0.value)) }
    }
}
