import Base
import Foundation
import Testing

@testable import Database

@Suite struct QueryTests {
    @Test(arguments: Engine.available) func `every kind of value comes back as it went in`(engine: Engine) throws {
        try withBench(engine) { bench in
            let insert = Statement(
                """
                INSERT INTO products (name, price, stock, listed, note, picture, type_id)
                VALUES (:name, :price, :stock, :listed, :note, :picture, 1)
                """)
            let values: [Value] = ["a'\"\\ €😀", 0.1, .int(.min), true, "", .bytes([0, 1, 255, 92])]
            #expect(try await bench.database.query(insert, values).affectedRows == 1)
            let select = Statement("SELECT name, price, stock, listed, note, picture FROM products WHERE id = 21")
            let row = try #require(try await bench.database.query(select).rows.first)
            #expect(row.layout.names == ["name", "price", "stock", "listed", "note", "picture"])
            #expect(row.values == ["a'\"\\ €😀", 0.1, .int(.min), 1, "", .bytes([0, 1, 255, 92])])
            _ = try await bench.database.query(insert, ["b", 3, 0, false, .null, .bytes([])])
            let second = Statement("SELECT price, listed, note, picture FROM products WHERE id = :id")
            #expect(try await bench.database.query(second, [22]).rows.map(\.values) == [[3.0, 0, .null, .bytes([])]])
        }
    }

    @Test(arguments: Engine.available) func `lists and records are stored as JSON`(engine: Engine) throws {
        try withBench(engine) { bench in
            let update = Statement("UPDATE products SET note = :note WHERE id = 1")
            _ = try await bench.database.query(update, [.object(["a": [1, "x"]])])
            let note = try await bench.database.query(Statement("SELECT note FROM products WHERE id = 1")).rows[0].values[0]
            #expect(note == "{\"a\":[1,\"x\"]}")
        }
    }

    @Test(arguments: Engine.available) func `aggregates have the same types on both engines`(engine: Engine) throws {
        try withBench(engine) { bench in
            let sql = Statement("SELECT count(*), sum(stock), avg(stock), sum(price), max(name), min(note) FROM products WHERE id <= 2")
            let rows = try await bench.database.query(sql).rows
            #expect(rows.map(\.values) == [[2, 30, 15.0, 3.5, "Product 2 é", "it's \"1\""]])
        }
    }

    @Test(arguments: Engine.available) func `all rows share one layout, also with the next call`(engine: Engine) throws {
        try withBench(engine) { bench in
            let select = Statement("SELECT id, name FROM products WHERE stock >= :least ORDER BY id")
            let first = try await bench.database.query(select, [0]).rows
            let second = try await bench.database.query(select, [190]).rows
            #expect(first.count == 20 && second.count == 2)
            #expect((first + second).allSatisfy { $0.layout === first[0].layout })
        }
    }

    @Test(arguments: Engine.available) func `affected rows count writes and nothing else`(engine: Engine) throws {
        try withBench(engine) { bench in
            let database = bench.database
            #expect(try await database.query(Statement("UPDATE products SET stock = stock + 1 WHERE id <= 7")).affectedRows == 7)
            #expect(try await database.query(Statement("SELECT id FROM products")).affectedRows == 0)
            #expect(try await database.query(Statement("UPDATE products SET stock = 0 WHERE id = 99")).affectedRows == 0)
            let returned = try await database.query(Statement("DELETE FROM products WHERE id > :id RETURNING id"), [18])
            #expect(returned.affectedRows == 2)
            #expect(Set(returned.rows.compactMap { $0["id"]?.integer }) == [19, 20])
        }
    }

    @Test(arguments: Engine.available) func `new rows go on after the greatest seeded number`(engine: Engine) throws {
        try withBench(engine) { bench in
            let insert = Statement("INSERT INTO types (name) VALUES (:name) RETURNING id")
            #expect(try await bench.database.query(insert, ["cap"]).rows[0].values == [3])
            // A number is never given twice, even when its row is gone.
            _ = try await bench.database.query(Statement("DELETE FROM types WHERE id = 3"))
            #expect(try await bench.database.query(insert, ["hat"]).rows[0].values == [4])
        }
    }

    @Test(arguments: Engine.available) func `broken constraints tell their kind`(engine: Engine) throws {
        try withBench(engine) { bench in
            let type = Statement("INSERT INTO types (name) VALUES (:name)")
            #expect(await bench.failure(of: type, ["mug"])?.cause == .constraint(.unique))
            #expect(await bench.failure(of: type, [.null])?.cause == .constraint(.notNull))
            let move = Statement("UPDATE products SET type_id = :type WHERE id = 1")
            #expect(await bench.failure(of: move, [77])?.cause == .constraint(.foreignKey))
            #expect(await bench.failure(of: move, ["secret"])?.cause == .constraint(.type))
            let cart = Statement("INSERT INTO carts (token) VALUES (:token)")
            #expect(await bench.failure(of: cart, ["t"]) == nil)
            #expect(await bench.failure(of: cart, ["t"])?.cause == .constraint(.unique))
        }
    }

    @Test(arguments: Engine.available) func `wrong statements are told apart from wrong values`(engine: Engine) throws {
        try withBench(engine) { bench in
            #expect(await bench.failure(of: Statement("SELEC 1"))?.cause == .syntax)
            #expect(await bench.failure(of: Statement("SELECT * FROM nowhere"))?.cause == .syntax)
            let missing = await bench.failure(of: Statement("SELECT :a, :b"), [1])
            #expect(missing?.description == "the statement takes values for a, b but was given 1")
            try await bench.expect("SELECT count(*) FROM types", gives: 2)
        }
    }

    @Test(arguments: Engine.available) func `a description never contains a value`(engine: Engine) throws {
        try withBench(engine) { bench in
            let statements: [(Statement, [Value])] = [
                (Statement("UPDATE products SET stock = :stock"), ["hunter2"]),
                (Statement("INSERT INTO types (id, name) VALUES (1, :name)"), ["hunter2"]),
                (Statement("INSERT INTO products (name, price, stock, type_id) VALUES (:name, 1, 1, 99)"), ["hunter2"]),
            ]
            for (statement, arguments) in statements {
                let error = try #require(await bench.failure(of: statement, arguments))
                #expect(!error.description.contains("hunter2"), "\(error.description)")
                #expect(error.sql == statement.traceText)
                #expect((error.sqlState != nil) == (engine == .postgres))
                #expect((error.sqliteCode != nil) == (engine != .postgres))
            }
        }
    }

    @Test(arguments: Engine.available) func `the observer sees statements, rows and errors`(engine: Engine) throws {
        try withBench(engine) { bench in
            bench.database.onStatement = { event in bench.assumeIsolated { $0.record(event) } }
            let select = Statement("SELECT id FROM products WHERE id < :limit")
            let before = bench.loop.now
            _ = try await bench.database.query(select, [4])
            _ = await bench.failure(of: select, [])
            try await bench.database.transaction { _ = try await $0.query(select, [3]) }
            #expect(bench.events.map(\.rowCount) == [3, 0, 2])
            #expect(bench.events.map { $0.error?.cause } == [nil, .syntax, nil])
            #expect(bench.events.allSatisfy { $0.statement === select && $0.start >= before && $0.durationNanoseconds > 0 })
        }
    }

    @Test(arguments: Engine.available) func `many different statements do not exhaust the cache`(engine: Engine) throws {
        try withBench(engine) { bench in
            for number in 0..<1_010 {
                let rows = try await bench.database.query(try Statement(parsing: "SELECT \(number) AS n")).rows
                try #require(rows.first?.values == [.int(number)])
            }
        }
    }

    @Test(arguments: Engine.available) func `a closed database refuses statements`(engine: Engine) throws {
        let loop = try EventLoop()
        try loop.run {
            let bench = try await Bench.open(engine, loop: loop, seeds: [], options: DatabaseOptions())
            try await bench.perform { bench in
                if let postgres = bench.database as? PostgresDatabase { try await postgres.dropSchema() }
                bench.database.close()
                #expect(await bench.failure(of: Statement("SELECT 1"))?.cause == .connection)
                if engine == .file { try FileManager.default.removeItem(atPath: bench.directory) }
            }
        }
    }

    @Test(.enabled(if: PostgresServer.isAvailable, PostgresServer.absence))
    func `PostgreSQL is there, so the other half of these tests ran`() { #expect(Engine.available.contains(.postgres)) }
}
