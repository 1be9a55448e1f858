import Base
import CLibPQ

/// A statement that one connection's server side knows by name.
final class PostgresPrepared {
    /// Kept alive with its prepared form, because that is found by the statement's address.
    let statement: Statement
    let name: String
    private typealias Shape = (layout: Layout, columns: [PostgresColumn])
    private var shape: Shape?

    init(_ statement: Statement, name: String) {
        self.statement = statement
        self.name = name
    }

    func decode(_ result: PostgresResult) -> QueryResult {
        let shape = shape ?? Self.shape(of: result.handle)
        // The server refuses a prepared statement whose columns have changed, so the first shape holds.
        self.shape = shape
        return QueryResult(rows: Self.rows(of: result.handle, shape), affectedRows: result.affectedRows)
    }

    static func rows(of result: PostgresResult) -> [Record] { rows(of: result.handle, shape(of: result.handle)) }

    private static func rows(of result: OpaquePointer, _ shape: Shape) -> [Record] {
        (0..<PQntuples(result)).map { row($0, of: result, shape.layout, shape.columns) }
    }

    private static func shape(of result: OpaquePointer) -> Shape {
        let columns = 0..<PQnfields(result)
        return (Layout(columns.map { String(cString: PQfname(result, $0)) }), columns.map { PostgresColumn(type: PQftype(result, $0)) })
    }

    private static func row(_ row: Int32, of result: OpaquePointer, _ layout: Layout, _ columns: [PostgresColumn]) -> Record {
        let values = [Value](unsafeUninitializedCapacity: columns.count) { buffer, initialized in
            while initialized < columns.count {
                (buffer.baseAddress! + initialized).initialize(to: field(row, Int32(initialized), of: result, columns[initialized]))
                initialized += 1
            }
        }
        return Record(layout: layout, values: values)
    }

    private static func field(_ row: Int32, _ column: Int32, of result: OpaquePointer, _ kind: PostgresColumn) -> Value {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let length = Int(PQgetlength(result, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) { kind.value(UnsafeBufferPointer(start: $0, count: length)) }
    }
}
