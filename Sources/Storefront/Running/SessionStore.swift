import Base

/// Server-side sessions by identifier: small records that steps read and change.
public struct SessionStore {
    private var sessions: [String: [String: Value]] = [:]
    private var order = Deque<String>()
    /// The oldest sessions go when there are more.
    public let limit: Int

    public init(limit: Int = 20_000) { self.limit = limit }

    public var count: Int { sessions.count }

    public mutating func open(_ id: String) {
        guard sessions[id] == nil else { return }
        sessions[id] = [:]
        order.append(id)
        while sessions.count > limit, let oldest = order.popFirst() { sessions[oldest] = nil }
    }

    public func exists(_ id: String) -> Bool { sessions[id] != nil }

    public func value(_ name: String, in id: String) -> Value { sessions[id]?[name] ?? .null }

    public mutating func set(_ name: String, to value: Value, in id: String) {
        open(id)
        sessions[id]![name] = value.isNull ? nil : value
    }

    public func names(in id: String) -> [String] { (sessions[id] ?? [:]).keys.sorted() }

    public mutating func remove(_ id: String) { sessions[id] = nil }

    /// Hash of everything stored, for comparing two states of a shop.
    public var fingerprint: UInt64 {
        var print = Fingerprint()
        for id in sessions.keys.sorted() {
            print.combine(id.utf8)
            for name in sessions[id]!.keys.sorted() {
                print.combine(name.utf8)
                print.combine(sessions[id]![name]!.jsonBytes())
            }
        }
        return print.value
    }
}
