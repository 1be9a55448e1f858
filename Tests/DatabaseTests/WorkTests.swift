import Base
import Testing

@testable import Database

@Suite struct WorkTests {
    @Test func `work grows with the rows that statements look at, and counts nothing before it is measured`() throws {
        try withBench(.memory) { bench in
            let database = try #require(bench.database as? SQLiteDatabase)
            let all = Statement("SELECT count(*) FROM products WHERE stock > 0")
            let one = Statement("SELECT name FROM products WHERE id = 3")
            for _ in 0..<50 { _ = try await database.query(all) }
            #expect(database.work == SQLiteWork())
            database.measureWork()
            _ = try await database.query(one)
            let small = database.work
            #expect(small.statements == 1)
            _ = try await database.query(all)
            let large = database.work - small
            #expect(large.statements == 1)
            #expect(large.steps > 20 && large.steps > 2 * small.steps, "\(large)")
            _ = try await database.query(all)
            #expect(database.work - small - large == large, "the same work costs the same")
        }
    }

    @Test func `who looks from outside waits for nobody`() throws {
        try withBench(.memory, options: DatabaseOptions(poolLimit: 1)) { bench in
            let database = try #require(bench.database as? SQLiteDatabase)
            let lease = try await database.lease()
            defer { lease.release() }
            database.measureWork()
            #expect(try database.look("SELECT count(*) FROM products").first?.values == [20])
            #expect(database.work == SQLiteWork())
            let error = #expect(throws: DatabaseError.self) { try database.look("SELECT nothing FROM products") }
            #expect(error?.description.contains("nothing") == true)
        }
    }
}
