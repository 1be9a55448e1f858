import Base
import Testing

@testable import Database

/// Simulated time remembers what statements have read; nothing may show it.
@Suite struct RememberedReadsTests {
    private static let stock = Statement("SELECT stock FROM products WHERE id = :id")
    private static let take = Statement("UPDATE products SET stock = stock - 1 WHERE id = :id")

    private static func stock(_ runner: any StatementRunner, _ id: Value = 3) async throws -> Value {
        try #require(try await runner.query(stock, [id]).rows.first?.values.first)
    }

    @Test func `every change is seen, also one that is taken back`() throws {
        struct Refused: Error {}
        try withBench(.memory, virtually: true) { bench in
            let database = bench.database
            let before = try #require(try await Self.stock(database).integer)
            #expect(try await Self.stock(database) == .int(before))
            _ = try await database.query(Self.take, [3])
            #expect(try await Self.stock(database) == .int(before - 1))
            await #expect(throws: Refused.self) {
                try await database.transaction { transaction in
                    _ = try await transaction.query(Self.take, [3])
                    let inside = try await Self.stock(transaction)
                    #expect(inside == .int(before - 2))
                    throw Refused()
                }
            }
            #expect(try await Self.stock(database) == .int(before - 1))
            try await database.reset()
            #expect(try await Self.stock(database) == .int(before))
        }
    }

    @Test func `each argument has its own rows`() throws {
        try withBench(.memory, virtually: true) { bench in
            let database = bench.database
            let names = Statement("SELECT :text || count(*) FROM products WHERE id < :id")
            for _ in 0..<2 {
                for (arguments, text) in [(["a", 3], "a2"), (["b", 3], "b2"), (["a", 4], "a3"), (["a", .null], "a0")] as [([Value], String)] {
                    let rows = try await database.query(names, arguments).rows
                    #expect(rows.map { $0.values } == [[.string(text)]])
                }
            }
        }
    }

    @Test func `chance and time are asked each time`() throws {
        try withBench(.memory, virtually: true) { bench in
            let random = Statement("SELECT random()")
            var values: Set<Int> = []
            for _ in 0..<20 { values.insert(try #require(try await bench.database.query(random).rows.first?.values.first?.integer)) }
            #expect(values.count > 10)
        }
        let fickle = ["SELECT datetime('now')", "SELECT CURRENT_TIMESTAMP", "SELECT changes()", "SELECT last_insert_rowid()", "UPDATE products SET stock = 1"]
        for sql in fickle { #expect(try !Statement(parsing: sql).isRepeatable, "\(sql)") }
        for sql in ["SELECT 1", "select name from products where id = :id FOR UPDATE", "WITH a AS (SELECT 1) SELECT * FROM a"] {
            #expect(try Statement(parsing: sql).isRepeatable, "\(sql)")
        }
    }
}
