import Base
import Testing

@testable import Database

@Suite struct PoolTests {
    private static let two = DatabaseOptions(poolLimit: 2, poolTimeout: .milliseconds(20))

    @Test(arguments: Engine.available) func `leases take connections and give them back`(engine: Engine) throws {
        try withBench(engine, options: Self.two) { bench in
            let (first, second) = (try await bench.database.lease(), try await bench.database.lease())
            #expect(bench.database.statistics.inUse == 2)
            #expect(try await first.query(Statement("SELECT count(*) FROM types")).rows[0].values == [2])
            let error = try #require(await bench.failure(of: Statement("SELECT 1")))
            guard case .poolExhausted(limit: 2, let waited) = error.cause else { Issue.record("\(error)"); return }
            #expect(waited >= .milliseconds(20))
            first.release()
            first.release()
            #expect(bench.database.statistics.inUse == 1)
            #expect(await bench.failure(of: Statement("SELECT 1")) == nil)
            await #expect(throws: DatabaseError.self) { try await first.query(Statement("SELECT 1")) }
            second.release()
            let statistics = bench.database.statistics
            #expect(statistics.limit == 2 && statistics.inUse == 0 && statistics.waiting == 0)
            #expect(statistics.totalWaits == 1 && statistics.timeouts == 1 && statistics.totalWaitTime == waited)
        }
    }

    @Test(arguments: Engine.available) func `a forgotten lease is given back when its owner goes`(engine: Engine) throws {
        try withBench(engine) { bench in
            _ = try await bench.database.lease()
            #expect(bench.database.statistics.inUse == 0)
        }
    }

    @Test(arguments: Engine.available) func `waiters are served in the order they came`(engine: Engine) throws {
        try withBench(engine, options: DatabaseOptions(poolLimit: 1)) { bench in
            let lease = try await bench.database.lease()
            let tasks = (1...5).map { number in Task(executorPreference: bench.loop) { try await bench.insertType(number) } }
            while bench.database.statistics.waiting < 5 { await bench.loop.hop() }
            lease.release()
            for task in tasks { try await task.value }
            let names = try await bench.database.query(Statement("SELECT name FROM types WHERE id > 2 ORDER BY id")).rows.map { $0.values[0] }
            #expect(names == ["type 1", "type 2", "type 3", "type 4", "type 5"])
        }
    }

    @Test(arguments: Engine.available) func `leaked permits are gone until they are restored`(engine: Engine) throws {
        try withBench(engine, options: Self.two) { bench in
            let lease = try await bench.database.lease()
            for _ in 0..<2 { bench.database.leakPermit() }
            #expect(bench.database.statistics.inUse == 2)
            // The second leak takes this one.
            lease.release()
            #expect(bench.database.statistics.inUse == 2)
            let error = await bench.failure(of: Statement("SELECT 1"))
            #expect(error?.description.hasSuffix("all 2 are in use") == true)
            bench.database.restorePermits()
            #expect(bench.database.statistics.inUse == 0)
            #expect(await bench.failure(of: Statement("SELECT 1")) == nil)
        }
    }

    @Test(arguments: Engine.available) func `a cancelled task stops waiting`(engine: Engine) throws {
        try withBench(engine, options: DatabaseOptions(poolLimit: 1, poolTimeout: .seconds(3_600))) { bench in
            let lease = try await bench.database.lease()
            let task = Task(executorPreference: bench.loop) { await bench.failure(of: Statement("SELECT 1")) }
            while bench.database.statistics.waiting == 0 { await bench.loop.hop() }
            task.cancel()
            #expect(await task.value?.cause == .cancelled)
            #expect(bench.database.statistics.waiting == 0)
            lease.release()
        }
    }

    @Test func `in simulated time a pool wait takes exactly its timeout`() throws {
        try withBench(.memory, virtually: true, options: DatabaseOptions(poolLimit: 1)) { bench in
            let lease = try await bench.database.lease()
            #expect(await bench.failure(of: Statement("SELECT 1"))?.cause == .poolExhausted(limit: 1, waited: .seconds(5)))
            lease.release()
        }
    }

    @Test func `in simulated time a statement has its cost`() throws {
        try withBench(.memory, virtually: true) { bench in
            let select = Statement("SELECT 1")
            for _ in 0..<10 { _ = try await bench.database.query(select) }
            #expect(bench.loop.now == Timestamp(nanoseconds: 3_000_000))
        }
    }
}

extension Bench {
    fileprivate func insertType(_ number: Int) async throws {
        _ = try await database.query(Statement("INSERT INTO types (name) VALUES (:name)"), [.string("type \(number)")])
    }
}
