import Base
import Database
import Foundation
import Synchronization
import Testing

/// Stands for a shop: an actor on an event loop that owns a database.
actor Bench {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var opened: (any Database)?
    /// Of a database in a file.
    nonisolated let directory: String
    private static let lastNumber = Atomic<Int>(0)
    var events: [StatementEvent] = []
    var counter = 0

    init(loop: EventLoop) {
        self.loop = loop
        directory = NSTemporaryDirectory() + "/database-\(getpid())-\(Self.lastNumber.add(1, ordering: .relaxed).newValue)"
    }

    var database: any Database { opened! }
    nonisolated var path: String { directory + "/shop.db" }

    static func open(
        _ engine: Engine, loop: EventLoop, schema: DatabaseSchema = SampleShop.schema, seeds: [SeedTable], options: DatabaseOptions
    ) async throws -> Bench {
        let bench = Bench(loop: loop)
        try await bench.open(engine, schema, seeds, options)
        return bench
    }

    private func open(_ engine: Engine, _ schema: DatabaseSchema, _ seeds: [SeedTable], _ options: DatabaseOptions) async throws {
        switch engine {
        case .memory: opened = try SQLiteDatabase(image: SQLiteImage(schema: schema, seeds: seeds), loop: loop, options: options)
        case .file:
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let image = try SQLiteImage(schema: schema, seeds: seeds)
            opened = try await SQLiteDatabase(path: path, image: image, loop: loop, options: options)
        case .postgres:
            let name = "shop_\(getpid())_\(Self.lastNumber.add(1, ordering: .relaxed).newValue)"
            let database = PostgresDatabase(url: PostgresServer.url, schemaName: name, schema: schema, loop: loop, options: options)
            try await database.build(seeds: seeds)
            opened = database
        }
    }

    func perform<Success: Sendable>(_ body: @Sendable (isolated Bench) async throws -> Success) async throws -> Success { try await body(self) }

    func end() async throws {
        // A fresh pool: the test may have leaked or exhausted the other.
        database.restorePermits()
        if let postgres = database as? PostgresDatabase { try await postgres.dropSchema() }
        database.close()
        opened = nil
        try? FileManager.default.removeItem(atPath: directory)
    }

    func record(_ event: StatementEvent) { events.append(event) }
}

/// Runs a body as the only inhabitant of an event loop.
@discardableResult
func withBench<Success: Sendable>(
    _ engine: Engine, virtually: Bool = false, seeds: [SeedTable] = SampleShop.seeds(), options: DatabaseOptions = DatabaseOptions(),
    _ body: @escaping @Sendable (isolated Bench) async throws -> Success
) throws -> Success {
    let loop = virtually ? try EventLoop(virtualFrom: Timestamp(nanoseconds: 0)) : try EventLoop()
    return try loop.run {
        let bench = try await Bench.open(engine, loop: loop, seeds: seeds, options: options)
        let result: Result<Success, any Error>
        do { result = .success(try await bench.perform(body)) } catch { result = .failure(error) }
        try await bench.end()
        return try result.get()
    }
}

extension Bench {
    /// The error that a statement ends with.
    func failure(of statement: Statement, _ arguments: [Value] = []) async -> DatabaseError? {
        do { _ = try await database.query(statement, arguments) } catch { return error }
        return nil
    }

    func expect(_ sql: StaticString, gives expected: Int, sourceLocation: Testing.SourceLocation = #_sourceLocation) async throws {
        let found = try await integer(sql)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    func integer(_ sql: StaticString) async throws -> Int? {
        try await database.query(Statement(sql)).rows.first?.values.first?.integer
    }
}
