import Base
import Packs
import Storefront

/// Rows with their relations, loaded as an object-relational mapper does: in one joined query, or one by one when first touched.
public struct RecordsHandler: Handler {
    public let name = "records"
    public let summary = "Rows of a table together with the rows that they refer to, joined or loaded one by one."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "records.list", "Reads the rows of a table with their relations.",
                options: [
                    OptionDeclaration("from", .table, "the table", required: true),
                    OptionDeclaration("relations", .names, "relations to load, outer ones first: `discount_type`, `discount_type.influencer` (the column `discount_type_id` without `_id`)"),
                    OptionDeclaration("loading", .choice(["joined", "lazy"]), "`joined`: one query for everything; `lazy`: one query for the list and one for each related row", default: "joined"),
                    OptionDeclaration("where", .text, "SQL condition with `:name` parameters"),
                    OptionDeclaration("values", .map(.shape), "a value for each parameter"),
                    OptionDeclaration("order", .text, "SQL order, for example `discount.id`"),
                    OptionDeclaration("limit", .integer(1...1_000_000), "greatest number of rows"),
                ], result: "list of records; a relation is a record inside, or null"
            ) { ListRecords($0) }
        ]
    }
}

final class ListRecords: Operation {
    private let plan: RelationPlan
    private let query: PreparedQuery
    private let arguments: [Shape]
    private let isLazy: Bool

    init(_ options: StepOptions) {
        let tables = options.compiler.tables
        isLazy = options.word("loading") == "lazy"
        plan = RelationPlan(root: options.word("from") ?? "", relations: options.words("relations") ?? [], tables: tables, options: options, isLazy: isLazy)
        var sql = plan.selection(joined: !isLazy)
        if let condition = options.word("where") { sql += " WHERE " + condition }
        if let order = options.word("order") { sql += " ORDER BY " + order }
        if let limit = options.integer("limit") { sql += " LIMIT \(limit)" }
        query = options.query(writing: sql, givesRecords: true)
        let values = options.shapes("values")
        arguments = query.statement.parameters.map { name in
            guard let value = values.first(where: { $0.name == name }) else {
                options.report("the parameter :\(name) has no value" + suggestion(for: name, among: values.map(\.name)))
                return .constant(.null)
            }
            return value.shape
        }
    }

    func run(_ exchange: Exchange) async throws -> Value {
        var values: [Value] = []
        for shape in arguments { values.append(try shape.value(exchange)) }
        let rows = try await exchange.query(query, values).rows
        if !isLazy { return .list(rows.map { plan.root.nested($0.values[...]) }) }
        if plan.root.relations.isEmpty { return .list(rows.map { .record($0) }) }
        let session = IdentityMap(expected: rows.count)
        var records: [Value] = []
        records.reserveCapacity(rows.count)
        for row in rows { records.append(try await plan.root.loaded(row.values, exchange, session)) }
        return .list(records)
    }
}

/// Rows that a request has loaded already: an object-relational mapper asks once for each.
final class IdentityMap {
    /// By id, with room for as many as the list has rows: each may refer to another one. Tables are few.
    private var tables: [(name: String, rows: [Int: Value])] = []
    /// Those whose ids are no numbers, by table and id.
    private var others: [String: Value] = [:]
    private let expected: Int

    init(expected: Int) { self.expected = min(expected, Self.mostExpected) }

    private static let mostExpected = 1_000

    func row(_ table: String, _ id: Value) -> Value? {
        guard case .int(let number) = id else { return others["\(table) \(id.text)"] }
        return tables.first { $0.name == table }?.rows[number]
    }

    func keep(_ row: Value, _ table: String, _ id: Value) {
        guard case .int(let number) = id else {
            others["\(table) \(id.text)"] = row
            return
        }
        let index = tables.firstIndex { $0.name == table } ?? addTable(table)
        tables[index].rows[number] = row
    }

    private func addTable(_ name: String) -> Int {
        tables.append((name, Dictionary(minimumCapacity: expected)))
        return tables.count - 1
    }
}

/// A table and the tables that its rows refer to.
final class RelationNode {
    let table: Pack.Table
    /// Name in records: the referring column without `_id`; empty for the root.
    let name: String
    /// Position of the referring column in the parent's columns.
    let keyIndex: Int
    /// Reads one row by id, for lazy loading.
    let byID: PreparedQuery?
    fileprivate(set) var relations: [RelationNode] = []
    private lazy var layout = Layout(table.columns.map(\.name) + relations.map(\.name))

    init(table: Pack.Table, name: String, keyIndex: Int, byID: PreparedQuery?) {
        self.table = table
        self.name = name
        self.keyIndex = keyIndex
        self.byID = byID
    }

    /// All columns of this table and of the tables below it, in the order of a joined query.
    var joinedColumns: [String] {
        table.columns.map { "\(table.name).\($0.name)" } + relations.flatMap(\.joinedColumns)
    }

    var joinedWidth: Int { table.columns.count + relations.reduce(0) { $0 + $1.joinedWidth } }

    /// Builds nested records from one row of a joined query.
    func nested(_ cells: ArraySlice<Value>) -> Value {
        let own = cells.prefix(table.columns.count)
        guard own.contains(where: { !$0.isNull }) else { return .null }
        var values = Array(own)
        var start = cells.startIndex + table.columns.count
        for relation in relations {
            values.append(relation.nested(cells[start..<(start + relation.joinedWidth)]))
            start += relation.joinedWidth
        }
        return .record(Record(layout: layout, values: values))
    }

    /// Builds nested records, asking for each related row that is not known yet.
    func loaded(_ cells: [Value], _ exchange: Exchange, _ session: IdentityMap) async throws -> Value {
        var values = cells
        for relation in relations { values.append(try await relation.load(id: cells[relation.keyIndex], exchange, session)) }
        return .record(Record(layout: layout, values: values))
    }

    private func load(id: Value, _ exchange: Exchange, _ session: IdentityMap) async throws -> Value {
        guard !id.isNull, let byID else { return .null }
        if let known = session.row(table.name, id) { return known }
        guard let row = try await exchange.query(byID, [id]).rows.first else { return .null }
        let record = try await loaded(row.values, exchange, session)
        session.keep(record, table.name, id)
        return record
    }
}

/// The relations that a step loads, as a tree.
struct RelationPlan {
    let root: RelationNode

    init(root name: String, relations: [String], tables: [Pack.Table], options: StepOptions, isLazy: Bool) {
        let empty = Pack.Table(name: name)
        root = RelationNode(table: tables.first { $0.name == name } ?? empty, name: "", keyIndex: -1, byID: nil)
        var nodes: [String: RelationNode] = ["": root]
        for path in relations {
            let parentPath = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
            let last = path.split(separator: ".").last.map(String.init) ?? path
            guard let parent = nodes[parentPath] else {
                options.report("load \"\(parentPath)\" before \"\(path)\"", at: "relations")
                continue
            }
            let columns = parent.table.columns
            guard let key = columns.firstIndex(where: { $0.name == last + "_id" }), let target = tables.first(where: { $0.name == columns[key].references }) else {
                let known = columns.filter { $0.references != nil && $0.name.hasSuffix("_id") }.map { String($0.name.dropLast(3)) }
                options.report("the table \"\(parent.table.name)\" has no relation \"\(last)\"" + suggestion(for: last, among: known), at: "relations")
                continue
            }
            let byID = isLazy ? options.query(writing: Self.select(target, "WHERE \(target.name).id = :id"), givesRecords: true) : nil
            let node = RelationNode(table: target, name: last, keyIndex: key, byID: byID)
            parent.relations.append(node)
            nodes[path] = node
        }
    }

    private static func select(_ table: Pack.Table, _ rest: String) -> String {
        "SELECT \(table.columns.map { "\(table.name).\($0.name)" }.joined(separator: ", ")) FROM \(table.name)" + (rest.isEmpty ? "" : " " + rest)
    }

    func selection(joined: Bool) -> String {
        guard joined else { return Self.select(root.table, "") }
        var joins = ""
        func join(_ node: RelationNode) {
            for relation in node.relations {
                joins += " LEFT OUTER JOIN \(relation.table.name) ON \(relation.table.name).id = \(node.table.name).\(node.table.columns[relation.keyIndex].name)"
                join(relation)
            }
        }
        join(root)
        return "SELECT \(root.joinedColumns.joined(separator: ", ")) FROM \(root.table.name)" + joins
    }
}
