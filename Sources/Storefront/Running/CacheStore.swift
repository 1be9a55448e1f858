import Base

/// What one running version of a service keeps in its memory, by key, each value with the time at which it ends.
public struct CacheStore {
    private struct Entry {
        var value: Value
        var end: Timestamp?
    }

    private var entries: [String: Entry] = [:]
    /// Keys in the order in which they came; some of them are gone.
    private var order = Deque<String>()
    /// The oldest entries go when there are more.
    public let limit: Int

    public init(limit: Int = 10_000) { self.limit = limit }

    public var count: Int { entries.count }

    /// Nil when nothing is kept under the key, or its time is over.
    public func value(_ key: String, at now: Timestamp) -> Value? {
        guard let entry = entries[key] else { return nil }
        if let end = entry.end, end <= now { return nil }
        return entry.value
    }

    /// - Parameter end: Nil keeps the value until it is removed or pushed out.
    public mutating func set(_ key: String, to value: Value, until end: Timestamp?) {
        if entries.updateValue(Entry(value: value, end: end), forKey: key) == nil { order.append(key) }
        while entries.count > limit, let oldest = order.popFirst() { entries[oldest] = nil }
        // Removed keys stay in the order until their turn comes, which for a full cache is never far.
        if order.count > 2 * limit { compact() }
    }

    public mutating func remove(_ key: String) { entries[key] = nil }

    public mutating func remove(startingWith prefix: String) {
        for key in entries.keys where key.hasPrefix(prefix) { entries[key] = nil }
    }

    private mutating func compact() {
        var seen: Set<String> = []
        var kept = Deque<String>()
        while let key = order.popFirst() { if entries[key] != nil, seen.insert(key).inserted { kept.append(key) } }
        order = kept
    }

    /// Hash of everything kept, for comparing two states of a shop.
    var fingerprint: UInt64 {
        var print = Fingerprint()
        for key in entries.keys.sorted() {
            print.combine(key.utf8)
            print.combine(entries[key]!.value.jsonBytes())
        }
        return print.value
    }
}

extension ShopCore {
    func emptyCaches() {
        for deployment in services.flatMap(\.deployments) { deployment.caches = [:] }
    }

    /// Hash of what all services keep.
    var cachesFingerprint: UInt64 {
        var print = Fingerprint()
        for deployment in services.flatMap(\.deployments) {
            for name in deployment.caches.keys.sorted() { print.combine("\(deployment.service.name) \(name) \(deployment.caches[name]!.fingerprint)".utf8) }
        }
        return print.value
    }
}

extension Exchange {
    /// Nil when the running version of the service keeps nothing under the key.
    public func cached(_ key: String, in cache: String) -> Value? { deployment.caches[cache]?.value(key, at: world.now) }

    /// - Parameter duration: Nil keeps the value until it is removed or pushed out; zero does not keep it.
    public func keep(_ value: Value, as key: String, in cache: String, for duration: Duration?) {
        if let duration, duration <= .zero { return }
        deployment.caches[cache, default: CacheStore()].set(key, to: value, until: duration.map { world.now + $0 })
    }

    public func forget(_ key: String, in cache: String) { deployment.caches[cache]?.remove(key) }

    public func forget(startingWith prefix: String, in cache: String) { deployment.caches[cache]?.remove(startingWith: prefix) }
}
