import Base

/// Seed rows made complete, so that both engines store the same, numbers of new rows included.
struct SeedPlan {
    struct Filled {
        let table: DatabaseSchema.Table
        /// One value per column, in the table's order.
        var rows: [[Value]]

        /// The greatest number of an integer primary key so far.
        var greatestIdentity = 0
    }

    private(set) var tables: [Filled]
    private(set) var problems: [String] = []

    /// - Throws: `SchemaProblems` with everything that is wrong in the schema and the rows.
    init(schema: DatabaseSchema, seeds: [SeedTable]) throws(SchemaProblems) {
        tables = schema.tables.map { Filled(table: $0, rows: []) }
        problems = schema.problems()
        if !problems.isEmpty { throw SchemaProblems(messages: problems) }
        for seed in seeds {
            guard let index = tables.firstIndex(where: { $0.table.name == seed.name }) else {
                let names = schema.tables.map(\.name)
                problems.append("rows for unknown table \"\(seed.name)\"" + suggestion(for: seed.name, among: names))
                continue
            }
            for row in seed.rows { add(row, to: index) }
        }
        if !problems.isEmpty { throw SchemaProblems(messages: problems) }
    }

    private mutating func add(_ row: Record, to index: Int) {
        let table = tables[index].table
        let place = "row \(tables[index].rows.count + 1) of table \"\(table.name)\""
        let known = table.columns.map(\.name)
        for name in row.layout.names where !known.contains(name) {
            problems.append("\(place) has unknown column \"\(name)\"" + suggestion(for: name, among: known))
        }
        tables[index].rows.append(table.columns.map { column in
            let value = row[column.name] ?? (column.isIdentity ? .int(tables[index].greatestIdentity + 1) : column.defaultValue ?? .null)
            if let problem = problem(with: value, in: column) { problems.append("\(place), column \"\(column.name)\": \(problem)") }
            return value
        })
        guard let position = table.columns.firstIndex(where: \.isIdentity), let number = tables[index].rows.last?[position].integer else { return }
        tables[index].greatestIdentity = max(tables[index].greatestIdentity, number)
    }

    private func problem(with value: Value, in column: DatabaseSchema.Column) -> String? {
        if value.isNull { return column.isNullable ? nil : "a value is missing" }
        return column.type.holds(value) ? nil : "the value is not \(column.type.rawValue)"
    }
}

/// Everything that is wrong in a schema or its rows, one message each.
public struct SchemaProblems: Error, Equatable, Sendable, CustomStringConvertible {
    public var messages: [String]
    public var description: String { messages.joined(separator: "\n") }
}
