/// The labels of one metric series: names and values, sorted by name, so that the order in which they are given means nothing.
public struct LabelSet: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public struct Label: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    public let labels: [Label]

    /// The first of repeated names counts.
    public init(_ pairs: [(String, String)]) {
        var labels: [Label] = []
        for (name, value) in pairs where !labels.contains(where: { $0.name == name }) { labels.append(Label(name: name, value: value)) }
        self.labels = labels.sorted { $0.name < $1.name }
    }

    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    public subscript(_ name: String) -> String? { labels.first { $0.name == name }?.value }
}
