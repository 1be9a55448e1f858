import Base

/// Something that Kubernetes tells about an object. What repeats is counted.
public struct ClusterEvent: Sendable, Equatable {
    public enum Kind: String, Sendable { case normal = "Normal", warning = "Warning" }

    public var kind: Kind
    /// For example `Unhealthy`.
    public var reason: String
    /// For example `pod`.
    public var objectKind: String
    public var objectName: String
    public var message: String
    public var firstSeen: Timestamp
    public var lastSeen: Timestamp
    public var count: Int

    fileprivate func isSame(as other: ClusterEvent) -> Bool {
        (objectName, reason, message, objectKind) == (other.objectName, other.reason, other.message, other.objectKind)
    }
}

/// The events of one deployment, the newest last.
struct EventList: Sendable {
    private(set) var events: [ClusterEvent] = []
    /// Those that happened since somebody took them.
    private var news: [ClusterEvent] = []

    /// As long as the API server keeps events.
    private static let memory = Duration.seconds(3_600)
    private static let limit = 500

    mutating func record(_ event: ClusterEvent) {
        var event = event
        if let index = events.lastIndex(where: { event.isSame(as: $0) }) {
            let earlier = events.remove(at: index)
            (event.firstSeen, event.count) = (earlier.firstSeen, earlier.count + 1)
        }
        events.append(event)
        news.append(event)
        if events.count > Self.limit || event.lastSeen - events[0].lastSeen > Self.memory {
            events.removeAll { event.lastSeen - $0.lastSeen > Self.memory }
            events.removeFirst(max(0, events.count - Self.limit))
        }
    }

    mutating func takeNews() -> [ClusterEvent] {
        defer { news = [] }
        return news
    }
}
