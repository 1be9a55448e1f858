import Base

/// Requests that failed, by name and reason, in the order in which they were first seen.
public struct FailureTable: Sendable {
    public struct Row: Sendable {
        public var method: String
        public var name: String
        public var reason: String
        public var occurrences: Int
        public var firstSeen: Timestamp
        public var lastSeen: Timestamp
    }

    private struct Key: Hashable {
        var entry: Int
        var reason: String
    }

    public private(set) var rows: [Row] = []
    private var places: [Key: Int] = [:]

    /// Reasons may hold numbers and addresses without end.
    private static let rowLimit = 500
    private static let others = "other reasons"

    mutating func record(_ entry: EntryStatistics, at place: Int, reason: String, times: Int = 1, first: Timestamp, last: Timestamp) {
        let known = places[Key(entry: place, reason: reason)]
        let key = Key(entry: place, reason: known != nil || rows.count < Self.rowLimit ? reason : Self.others)
        if let row = known ?? places[key] {
            rows[row].occurrences += times
            rows[row].firstSeen = min(rows[row].firstSeen, first)
            rows[row].lastSeen = max(rows[row].lastSeen, last)
            return
        }
        places[key] = rows.count
        rows.append(Row(method: entry.method, name: entry.name, reason: key.reason, occurrences: times, firstSeen: first, lastSeen: last))
    }

    /// The entry of each row, for merging.
    func entries() -> [(row: Row, entry: Int)] { places.map { (rows[$0.value], $0.key.entry, $0.value) }.sorted { $0.2 < $1.2 }.map { ($0.0, $0.1) } }
}
