import Base
import Foundation
import Testing

@testable import Database

@Suite struct ResetTests {
    @Test(arguments: Engine.available) func `after a reset nothing tells that there was a change`(engine: Engine) throws {
        try withBench(engine) { bench in
            let database = bench.database
            let fresh = try await database.fingerprint()
            let insert = Statement("INSERT INTO types (name) VALUES (:name) RETURNING id")
            _ = try await database.query(insert, ["cap"])
            _ = try await database.query(Statement("UPDATE products SET stock = 0, note = NULL"))
            _ = try await database.query(Statement("DELETE FROM products WHERE id > 10"))
            try await database.dropIndex(named: "products_by_type")
            try await database.createIndex(.init("products_by_name", on: "products", ["name"]))
            database.leakPermit()
            let changed = try await database.fingerprint()
            try await database.reset()
            let again = try await database.fingerprint()
            #expect(changed != fresh && again == fresh)
            #expect(database.statistics.inUse == 0)
            // The statement was prepared before the reset, and identities start again.
            #expect(try await database.query(insert, ["hat"]).rows[0].values == [3])
        }
    }

    @Test(arguments: Engine.available) func `each kind of change shows in the fingerprint`(engine: Engine) throws {
        try withBench(engine) { bench in
            var seen: Set<Fingerprint> = [try await bench.database.fingerprint()]
            let changes = [
                Statement("UPDATE products SET name = 'x' WHERE id = 3"), Statement("UPDATE products SET note = '' WHERE id = 3"),
                Statement("UPDATE products SET price = 0 WHERE id = 3"), Statement("UPDATE products SET picture = :b WHERE id = 3"),
                Statement("UPDATE products SET listed = TRUE WHERE id = 3"), Statement("INSERT INTO carts (token) VALUES ('t')"),
            ]
            for change in changes {
                _ = try await bench.database.query(change, change.parameters.isEmpty ? [] : [.bytes([1])])
                #expect(seen.insert(try await bench.database.fingerprint()).inserted, "\(change.sql)")
            }
            try await bench.database.dropIndex(named: "products_by_type")
            #expect(seen.insert(try await bench.database.fingerprint()).inserted)
        }
    }

    @Test(.enabled(if: PostgresServer.isAvailable, PostgresServer.absence))
    func `both engines have the same fingerprint for the same history`() throws {
        let fingerprints = try Engine.allCases.map { engine in
            try withBench(engine) { bench in
                var list = [try await bench.database.fingerprint()]
                let insert = Statement("INSERT INTO types (name) VALUES (:name)")
                for name in ["cap", "hat"] { _ = try await bench.database.query(insert, [.string(name)]) }
                _ = try await bench.database.query(Statement("DELETE FROM types WHERE name = 'hat'"))
                _ = try await bench.database.query(Statement("INSERT INTO carts (token, items) VALUES ('ü', 3)"))
                _ = try await bench.database.query(Statement("UPDATE products SET price = price * 1.1, listed = FALSE WHERE id < 9"))
                list.append(try await bench.database.fingerprint())
                return list
            }
        }
        #expect(fingerprints[0] == fingerprints[1])
        #expect(fingerprints[0] == fingerprints[2])
        #expect(fingerprints[0][0] != fingerprints[0][1])
    }

    @Test(arguments: Engine.available) func `a missing index is reported`(engine: Engine) throws {
        try withBench(engine) { bench in
            await #expect(throws: DatabaseError.self) { try await bench.database.dropIndex(named: "nothing") }
        }
    }

    @Test(arguments: Engine.sqlite) func `a reset waits for the open transaction`(engine: Engine) throws {
        try withBench(engine) { bench in
            let fresh = try await bench.database.fingerprint()
            let reset = try await bench.database.transaction { transaction in
                _ = try await transaction.query(Statement("DELETE FROM products"))
                let reset = Task(executorPreference: bench.loop) { try await bench.resetAndCount() }
                for _ in 0..<50 { await bench.loop.hop() }
                #expect(bench.counter == 0)
                _ = try await transaction.query(Statement("DELETE FROM carts"))
                return reset
            }
            try await reset.value
            #expect(try await bench.database.fingerprint() == fresh)
        }
    }
}

extension Bench {
    fileprivate func resetAndCount() async throws {
        try await database.reset()
        counter += 1
    }
}

@Suite struct SQLiteFileTests {
    /// What `kill -9` leaves: the files as they are at that moment, never closed.
    @Test func `commits survive a process that never closes the file, and open transactions do not`() throws {
        try withBench(.file) { bench in
            _ = try await bench.database.query(Statement("INSERT INTO carts (token, items) VALUES ('kept', 7)"))
            let copy = bench.directory + "/copy"
            try await bench.database.transaction { transaction in
                _ = try await transaction.query(Statement("INSERT INTO carts (token) VALUES ('lost')"))
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                for name in ["shop.db", "shop.db-wal"] {
                    try FileManager.default.copyItem(atPath: bench.directory + "/" + name, toPath: copy + "/" + name)
                }
            }
            let image = try SQLiteImage(schema: SampleShop.schema, seeds: [])
            let reopened = try await SQLiteDatabase(path: copy + "/shop.db", image: image, loop: bench.loop)
            #expect(try await reopened.query(Statement("SELECT token, items FROM carts")).rows.map(\.values) == [["kept", 7]])
            #expect(try await reopened.query(Statement("SELECT count(*) FROM products")).rows[0].values == [20])
        }
    }

    @Test func `every commit is forced to disk and references are checked`() throws {
        try withBench(.file) { bench in
            let settings = [
                try await bench.database.query(Statement("PRAGMA journal_mode")).rows[0].values[0],
                try await bench.database.query(Statement("PRAGMA synchronous")).rows[0].values[0],
                try await bench.database.query(Statement("PRAGMA foreign_keys")).rows[0].values[0],
            ]
            #expect(settings == ["wal", 2, 1])
        }
    }

    @Test func `a file that is no database is an error`() throws {
        try withBench(.file) { bench in
            let path = bench.directory + "/text.db"
            try String(repeating: "not a database\n", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
            let image = try SQLiteImage(schema: SampleShop.schema, seeds: [])
            await #expect(throws: DatabaseError.self) { try await SQLiteDatabase(path: path, image: image, loop: bench.loop) }
            await #expect(throws: DatabaseError.self) { try await SQLiteDatabase(path: "/nowhere/x.db", image: image, loop: bench.loop) }
        }
    }
}
