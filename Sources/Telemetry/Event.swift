import Base

/// Something that happened to the shop and that people mark on a time line: a deployment, a restart, a scaling.
public struct Event: Sendable {
    public var time: Timestamp
    public var service: String
    /// For example `deployment`.
    public var kind: String
    public var title: String
    public var attributes: [Attribute]

    public init(time: Timestamp, service: String, kind: String, title: String, attributes: [Attribute] = []) {
        self.time = time
        self.service = service
        self.kind = kind
        self.title = title
        self.attributes = attributes
    }
}
