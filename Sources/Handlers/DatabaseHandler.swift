import Base
import Database
import Packs
import Storefront

/// Queries of a service's own database, written in SQL where the wiring needs them.
public struct DatabaseHandler: Handler {
    public let name = "db"
    public let summary = "SQL on the service's database: queries, changes, transactions, held connections."

    public init() {}

    private static let sql = OptionDeclaration("sql", .sql, "one statement with `:name` parameters", required: true)
    private static let values = OptionDeclaration("values", .map(.shape), "a value for each parameter")
    private static let table = OptionDeclaration("table", .table, "a table of the service's database", required: true)
    private static let columns = OptionDeclaration("values", .map(.shape), "a value for each column to write", required: true)
    private static let condition = OptionDeclaration("where", .text, "SQL condition with `:name` parameters", required: true)
    private static let parameters = OptionDeclaration("parameters", .map(.shape), "a value for each parameter of the condition")

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration("db.query", "Reads rows.", options: [Self.sql, Self.values], result: "list of records, one for each row") {
                RunQuery($0, gives: .rows)
            },
            OperationDeclaration("db.first", "Reads one row.", options: [Self.sql, Self.values], result: "the first row as a record, or null") {
                RunQuery($0, gives: .first)
            },
            OperationDeclaration("db.value", "Reads one value.", options: [Self.sql, Self.values], result: "first column of the first row, or null") {
                RunQuery($0, gives: .value)
            },
            OperationDeclaration("db.execute", "Changes rows.", options: [Self.sql, Self.values], result: "number of rows changed") {
                RunQuery($0, gives: .count)
            },
            OperationDeclaration("db.insert", "Adds a row.", options: [Self.table, Self.columns], result: "the new row's id") { Self.insert($0) },
            OperationDeclaration(
                "db.insertAll", "Adds a row for each element of a list, a hundred by one statement.",
                options: [Self.table, OptionDeclaration("each", .loop, "\"name in list\"", required: true), Self.columns], result: "number of rows added"
            ) { InsertAll($0) },
            OperationDeclaration(
                "db.update", "Changes the rows that meet a condition.", options: [Self.table, Self.columns, Self.condition, Self.parameters],
                result: "number of rows changed"
            ) { Self.update($0) },
            OperationDeclaration(
                "db.transaction", "Runs steps in one transaction: all of their changes or none.",
                options: [OptionDeclaration("steps", .steps, "the steps", required: true)]
            ) { InTransaction($0.steps("steps")) },
            OperationDeclaration(
                "db.hold", "Takes connections out of the pool and keeps them, as code does that forgets to give them back.",
                options: [
                    OptionDeclaration("connections", .integer(1...10_000), "how many", default: 1),
                    OptionDeclaration("forMilliseconds", .number(0...86_400_000), "gives them back after this time; never when left out"),
                ]
            ) { HoldConnections(count: $0.integer("connections") ?? 1, milliseconds: $0.number("forMilliseconds")) },
        ]
    }

    private static func insert(_ options: StepOptions) -> any Operation {
        let values = options.shapes("values")
        checkColumns(values.map(\.name), options)
        let names = values.map(\.name)
        let sql = "INSERT INTO \(options.word("table") ?? "") (\(names.joined(separator: ", "))) VALUES (\(names.map { ":" + $0 }.joined(separator: ", "))) RETURNING id"
        return RunQuery(options.query(writing: sql), values.map(\.shape), names, gives: .value)
    }

    private static func update(_ options: StepOptions) -> any Operation {
        let values = options.shapes("values")
        checkColumns(values.map(\.name), options)
        // Condition parameters get a prefix, so that a column may be set and compared in one statement.
        let assignments = values.map { "\($0.name) = :set_\($0.name)" }.joined(separator: ", ")
        let sql = "UPDATE \(options.word("table") ?? "") SET \(assignments) WHERE \(options.word("where") ?? "1 = 1")"
        let parameters = options.shapes("parameters")
        return RunQuery(
            options.query(writing: sql), values.map(\.shape) + parameters.map(\.shape), values.map { "set_" + $0.name } + parameters.map(\.name), gives: .count,
            reporting: options)
    }

    static func checkColumns(_ names: [String], _ options: StepOptions) {
        guard let table = options.compiler.tables.first(where: { $0.name == options.word("table") }) else { return }
        let known = table.columns.map(\.name)
        for name in names where !known.contains(name) {
            options.report("the table \"\(table.name)\" has no column \"\(name)\"" + suggestion(for: name, among: known), at: "values")
        }
    }
}

/// One statement with values from expressions.
final class RunQuery: ImmediateOperation {
    enum Gives { case rows, first, value, count }

    private let query: PreparedQuery?
    /// In the order of the statement's parameters.
    private var arguments: [Shape] = []
    private let gives: Gives

    convenience init(_ options: StepOptions, gives: Gives) {
        let values = options.shapes("values")
        self.init(options.query("sql", givesRecords: gives == .rows || gives == .first), values.map(\.shape), values.map(\.name), gives: gives, reporting: options)
    }

    init(_ query: PreparedQuery?, _ values: [Shape], _ names: [String], gives: Gives, reporting options: StepOptions? = nil) {
        self.query = query
        self.gives = gives
        guard let query else { return }
        let parameters = query.statement.parameters
        for name in names where !parameters.contains(name) {
            options?.report("the statement has no parameter :\(name)" + suggestion(for: name, among: parameters), at: "values")
        }
        for parameter in parameters {
            if let index = names.firstIndex(of: parameter) {
                arguments.append(values[index])
            } else {
                options?.report("the parameter :\(parameter) has no value" + suggestion(for: parameter, among: names))
            }
        }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        guard let query else { return .null }
        return try exchange.queryNow(query, values(exchange)).map(value)
    }

    func run(_ exchange: Exchange) async throws -> Value {
        guard let query else { return .null }
        return value(of: try await exchange.query(query, values(exchange)))
    }

    private func values(_ exchange: Exchange) throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for shape in arguments { values.append(try shape.value(exchange)) }
        return values
    }

    private func value(of result: QueryResult) -> Value {
        switch gives {
        case .rows: .list(result.rows.map { .record($0) })
        case .first: result.rows.first.map { .record($0) } ?? .null
        case .value: result.rows.first?.values.first ?? .null
        case .count: .int(result.affectedRows)
        }
    }
}

final class InsertAll: Operation {
    private let table: String
    private let source: Expression
    private let slot: Int
    private let values: [(name: String, shape: Shape)]
    /// The statement for one row: tells database and span of the others.
    private let single: PreparedQuery
    private static let rowLimit = 100
    /// By number of rows.
    private var queries: [Int: PreparedQuery] = [:]

    init(_ options: StepOptions) {
        table = options.word("table") ?? ""
        (source, slot, values) = options.loop("each", shapes: "values")
        DatabaseHandler.checkColumns(values.map(\.name), options)
        single = options.query(writing: Self.sql(table, values.map(\.name), rows: 1))
    }

    private static func sql(_ table: String, _ names: [String], rows: Int) -> String {
        let tuples = (0..<rows).map { row in "(" + names.map { ":\($0)_\(row)" }.joined(separator: ", ") + ")" }
        return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES \(tuples.joined(separator: ", "))"
    }

    func run(_ exchange: Exchange) async throws -> Value {
        let elements = try source.evaluate(exchange).elements ?? []
        var added = 0
        for start in stride(from: 0, to: elements.count, by: Self.rowLimit) {
            added += try await add(elements[start..<min(start + Self.rowLimit, elements.count)], exchange)
        }
        return .int(added)
    }

    private func add(_ elements: ArraySlice<Value>, _ exchange: Exchange) async throws -> Int {
        var arguments: [Value] = []
        for element in elements {
            exchange.slots[slot] = element
            for (_, shape) in values { arguments.append(try shape.value(exchange)) }
        }
        let query = try queries[elements.count] ?? single.replacing(Statement(parsing: Self.sql(table, values.map(\.name), rows: elements.count)))
        queries[elements.count] = query
        return try await exchange.query(query, arguments).affectedRows
    }
}

final class InTransaction: Operation {
    private let steps: StepList
    init(_ steps: StepList) { self.steps = steps }

    func run(_ exchange: Exchange) async throws -> Value {
        try await exchange.transaction { try await steps.run(exchange) }
        return .null
    }
}

final class HoldConnections: Operation {
    private let count: Int
    private let milliseconds: Double?

    init(count: Int, milliseconds: Double?) {
        self.count = count
        self.milliseconds = milliseconds
    }

    func run(_ exchange: Exchange) async throws -> Value {
        for _ in 0..<count { try await exchange.holdConnection(for: milliseconds.map { .milliseconds(exactly: $0) }) }
        return .null
    }
}
