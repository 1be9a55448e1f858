import Base
import HTTP

/// Statistics of all requests and of each named group of them.
public struct GroupedStatistics: Sendable {
    public private(set) var total = RequestStatistics()
    public private(set) var groups: [String: RequestStatistics] = [:]
    private let groupLimit: Int

    /// Collects what has no group of its own any more.
    public static let otherGroups = "(others)"

    /// - Parameter groupLimit: Groups told apart at most, so that random paths cannot fill the memory.
    public init(groupLimit: Int = 500) { self.groupLimit = groupLimit }

    public mutating func record(group: String, status: Int, after latency: Duration, bodyBytes: Int) {
        total.record(status: status, after: latency, bodyBytes: bodyBytes)
        groups[place(group), default: RequestStatistics()].record(status: status, after: latency, bodyBytes: bodyBytes)
    }

    public mutating func record(group: String, _ error: ClientError) {
        total.record(error)
        groups[place(group), default: RequestStatistics()].record(error)
    }

    private func place(_ group: String) -> String { groups.count < groupLimit || groups[group] != nil ? group : Self.otherGroups }

    /// A list with `name` and the members of `RequestStatistics`, most requests first.
    public var groupsValue: Value {
        let sorted = groups.sorted { ($1.value.requests, $0.key) < ($0.value.requests, $1.key) }
        return .list(sorted.map { .record(Record([("name", .string($0.key))] + $0.value.members)) })
    }
}
