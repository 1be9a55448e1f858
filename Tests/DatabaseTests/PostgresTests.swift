import Base
import Testing

@testable import Database

extension Bench {
    fileprivate static let deduct = Statement("UPDATE products SET stock = stock - 1 WHERE id = 1")

    fileprivate func deductAndCount() async throws {
        _ = try await database.query(Self.deduct)
        counter += 1
    }
}

@Suite(.enabled(if: PostgresServer.isAvailable, PostgresServer.absence)) struct PostgresTests {
    @Test func `a row lock makes others wait while the loop goes on`() throws {
        try withBench(.postgres) { bench in
            let waiting = try await bench.database.transaction { transaction in
                _ = try await transaction.query(Bench.deduct)
                let waiting = Task(executorPreference: bench.loop) { try await bench.deductAndCount() }
                let locks = Statement("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = :name")
                let name = Value.string((bench.database as? PostgresDatabase)?.schemaName ?? "")
                // Asked outside of the transaction, which would see the same activity for ever.
                while try await bench.database.query(locks, [name]).rows[0].values == [0] {}
                try await bench.loop.sleep(for: .milliseconds(1))
                #expect(bench.counter == 0)
                return waiting
            }
            try await waiting.value
            #expect(bench.counter == 1)
            try await bench.expect("SELECT stock FROM products WHERE id = 1", gives: 8)
        }
    }

    @Test func `a lock that is not given in time is an error`() throws {
        try withBench(.postgres, options: DatabaseOptions(lockTimeout: .milliseconds(10))) { bench in
            try await bench.database.transaction { transaction in
                _ = try await transaction.query(Bench.deduct)
                let error = await bench.failure(of: Bench.deduct)
                #expect(error?.cause == .busy && error?.sqlState == "55P03")
            }
        }
    }

    @Test func `cancelling a task interrupts its statement on the server`() throws {
        try withBench(.postgres) { bench in
            let task = Task(executorPreference: bench.loop) { await bench.failure(of: Statement("SELECT pg_sleep(3600)")) }
            let running = Statement("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name = :name")
            let name = Value.string((bench.database as? PostgresDatabase)?.schemaName ?? "")
            while try await bench.database.query(running, [name]).rows[0].values == [0] {}
            task.cancel()
            #expect(await task.value?.cause == .cancelled)
            #expect(try await bench.database.query(running, [name]).rows[0].values == [0])
        }
    }

    @Test func `a lost connection is an error once and is replaced`() throws {
        try withBench(.postgres, options: DatabaseOptions(poolLimit: 1)) { bench in
            let error = await bench.failure(of: Statement("SELECT pg_terminate_backend(pg_backend_pid())"))
            #expect(error?.cause == .connection)
            try await bench.expect("SELECT count(*) FROM products", gives: 20)
            #expect(bench.database.statistics.inUse == 0)
        }
    }

    @Test func `a server that is not there is an error and frees the permit`() throws {
        let loop = try EventLoop()
        try loop.run {
            let options = DatabaseOptions(poolLimit: 1)
            let url = "host=127.0.0.1 port=1 user=nobody"
            let database = PostgresDatabase(url: url, schemaName: "x", schema: SampleShop.schema, loop: loop, options: options)
            for _ in 0..<2 {
                let error = await #expect(throws: DatabaseError.self) { try await database.query(Statement("SELECT 1")) }
                #expect(error?.cause == .connection)
            }
            #expect(database.statistics.inUse == 0)
        }
    }

    @Test func `building again replaces tables under prepared statements`() throws {
        try withBench(.postgres) { bench in
            let postgres = try #require(bench.database as? PostgresDatabase)
            let select = Statement("SELECT * FROM products WHERE id = :id")
            #expect(try await postgres.query(select, [1]).rows.count == 1)
            try await postgres.build(seeds: SampleShop.seeds(products: 3))
            #expect(try await postgres.query(select, [4]).rows.count == 0)
        }
    }

    @Test func `text with a NUL character is refused`() throws {
        try withBench(.postgres) { bench in
            let error = await bench.failure(of: Statement("UPDATE products SET note = :note"), ["a\0b"])
            #expect(error?.cause == .constraint(.type) && error?.sqlState == "22021")
        }
    }

    @Test func `two shops on one server do not see each other`() throws {
        try withBench(.postgres) { first in
            let second = try await Bench.open(.postgres, loop: first.loop, seeds: SampleShop.seeds(products: 2), options: DatabaseOptions())
            try await second.perform { try await $0.expect("SELECT count(*) FROM products", gives: 2) }
            try await second.end()
            try await first.expect("SELECT count(*) FROM products", gives: 20)
        }
    }
}
