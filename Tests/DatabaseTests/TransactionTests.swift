import Base
import Testing

@testable import Database

private struct Refused: Error {}

extension Bench {
    fileprivate static let read = Statement("SELECT stock FROM products WHERE id = :id FOR UPDATE")
    fileprivate static let write = Statement("UPDATE products SET stock = :stock WHERE id = :id")

    /// Reads, then writes what it read plus one.
    fileprivate func increment() async throws {
        try await database.transaction { transaction in
            let stock = try await transaction.query(Self.read, [1]).rows[0].values[0].integer ?? 0
            _ = try await transaction.query(Self.write, [.int(stock + 1), 1])
        }
    }

    /// The same without a transaction.
    fileprivate func incrementCarelessly() async throws {
        let stock = try await database.query(Self.read, [1]).rows[0].values[0].integer ?? 0
        _ = try await database.query(Self.write, [.int(stock + 1), 1])
    }
}

@Suite struct TransactionTests {
    private static let patient = DatabaseOptions(poolTimeout: .seconds(60))

    @Test(arguments: Engine.available) func `a thrown error undoes everything and is thrown on`(engine: Engine) throws {
        try withBench(engine) { bench in
            let before = try await bench.database.fingerprint()
            await #expect(throws: Refused.self) {
                try await bench.database.transaction { transaction in
                    _ = try await transaction.query(Statement("DELETE FROM products"))
                    #expect(try await transaction.query(Statement("SELECT count(*) FROM products")).rows[0].values == [0])
                    throw Refused()
                }
            }
            #expect(try await bench.database.fingerprint() == before)
            #expect(bench.database.statistics.inUse == 0)
        }
    }

    @Test(arguments: Engine.available) func `a failed statement undoes the transaction`(engine: Engine) throws {
        try withBench(engine) { bench in
            await #expect(throws: DatabaseError.self) {
                try await bench.database.transaction { transaction in
                    _ = try await transaction.query(Statement("UPDATE products SET stock = 0"))
                    _ = try await transaction.query(Statement("INSERT INTO types (name) VALUES ('mug')"))
                }
            }
            try await bench.expect("SELECT min(stock) FROM products", gives: 10)
        }
    }

    @Test(arguments: Engine.available) func `a transaction gives the body's result and stays`(engine: Engine) throws {
        try withBench(engine) { bench in
            let changed = try await bench.database.transaction { transaction in
                try await transaction.query(Statement("UPDATE products SET stock = 5")).affectedRows
            }
            #expect(changed == 20)
            try await bench.expect("SELECT sum(stock) FROM products", gives: 100)
        }
    }

    @Test(arguments: Engine.available) func `a hundred concurrent transactions lose no update`(engine: Engine) throws {
        try withBench(engine, options: Self.patient) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await bench.increment() } }
                try await group.waitForAll()
            }
            try await bench.expect("SELECT stock FROM products WHERE id = 1", gives: 110)
        }
    }

    @Test(arguments: Engine.available) func `without a transaction the same hundred lose updates`(engine: Engine) throws {
        try withBench(engine, options: Self.patient) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await bench.incrementCarelessly() } }
                try await group.waitForAll()
            }
            let stock = try #require(try await bench.integer("SELECT stock FROM products WHERE id = 1"))
            #expect((11..<110).contains(stock))
        }
    }

    @Test(arguments: Engine.available) func `a transaction that has ended takes no more statements`(engine: Engine) throws {
        try withBench(engine) { bench in
            let escaped = try await bench.database.transaction { $0 }
            await #expect(throws: DatabaseError.self) { try await escaped.query(Statement("SELECT 1")) }
        }
    }

    @Test(arguments: Engine.available) func `cancelling the task rolls back`(engine: Engine) throws {
        try withBench(engine) { bench in
            let started = Task(executorPreference: bench.loop) { try await bench.deleteThenWait() }
            while bench.counter == 0 { await bench.loop.hop() }
            started.cancel()
            await #expect(throws: CancellationError.self) { try await started.value }
            try await bench.expect("SELECT count(*) FROM products", gives: 20)
        }
    }

    @Test(arguments: Engine.sqlite) func `others wait for an open SQLite transaction and see only its end`(engine: Engine) throws {
        try withBench(engine) { bench in
            let holder = Task(executorPreference: bench.loop) { try await bench.deleteThenFinish() }
            while bench.counter == 0 { await bench.loop.hop() }
            try await bench.expect("SELECT count(*) FROM products", gives: 0)
            #expect(bench.counter == 2, "the read came back before the transaction had ended")
            try await holder.value
        }
    }

    @Test(arguments: Engine.sqlite) func `a lock that is held too long is an error`(engine: Engine) throws {
        try withBench(engine, options: DatabaseOptions(lockTimeout: .milliseconds(5))) { bench in
            try await bench.database.transaction { _ in
                #expect(await bench.failure(of: Statement("SELECT 1"))?.cause == .busy)
            }
            #expect(await bench.failure(of: Statement("SELECT 1")) == nil)
        }
    }
}

extension Bench {
    fileprivate func deleteThenWait() async throws {
        try await database.transaction { transaction in
            _ = try await transaction.query(Statement("DELETE FROM products"))
            counter = 1
            try await loop.sleep(for: .seconds(3_600))
        }
    }

    fileprivate func deleteThenFinish() async throws {
        try await database.transaction { transaction in
            _ = try await transaction.query(Statement("DELETE FROM products"))
            counter = 1
            for _ in 0..<50 { await loop.hop() }
            counter = 2
        }
    }
}
