import Base

/// What one statement has read lately, by its arguments, for as long as nothing changes.
struct RememberedReads {
    private struct Arguments: Hashable {
        let values: [Value]

        static func == (left: Arguments, right: Arguments) -> Bool { left.values == right.values }

        /// Numbers and texts tell nearly all arguments apart.
        func hash(into hasher: inout Hasher) {
            for value in values {
                switch value {
                case .int(let number): hasher.combine(number)
                case .string(let text): hasher.combine(text)
                default: hasher.combine(value.isNull)
                }
            }
        }
    }

    private static let limit = 512
    private static let mostRows = 1_000

    private var version: SQLiteVersion?
    private var results: [Arguments: QueryResult] = [:]

    mutating func result(of arguments: [Value], at version: SQLiteVersion) -> QueryResult? {
        guard version == self.version else {
            self.version = version
            if !results.isEmpty { results.removeAll(keepingCapacity: true) }
            return nil
        }
        return results[Arguments(values: arguments)]
    }

    /// - Precondition: `result(of:at:)` was asked for the same version before.
    mutating func keep(_ result: QueryResult, of arguments: [Value]) {
        guard result.rows.count <= Self.mostRows else { return }
        if results.count >= Self.limit { results.removeAll(keepingCapacity: true) }
        results[Arguments(values: arguments)] = result
    }
}

/// Equal as long as a database's content is.
struct SQLiteVersion: Equatable {
    /// Rows that were ever changed.
    var changes: Int64
    /// How often something happened that changes no row but may change the content: indexes, copies, what was taken back.
    var others: Int
}

extension Statement {
    /// Whether it gives the same rows as long as nothing changes: it only reads, and asks neither for the time nor for chance.
    var isRepeatable: Bool {
        let text = traceText.uppercased()
        return operation == "SELECT" && !Self.fickle.contains { text.range(ofText: $0) != nil }
    }

    private static let fickle = ["RANDOM", "CURRENT_", "DATE(", "TIME(", "JULIANDAY(", "UNIXEPOCH(", "STRFTIME(", "TIMEDIFF(", "CHANGES(", "LAST_INSERT_ROWID("]

    /// Whether SQLite counts what it changes.
    var changesRowsOnly: Bool { ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(operation) }
}
