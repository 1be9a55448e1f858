import Base
import Database

extension Exchange {
    /// Runs a body in a transaction of the service's database; queries inside join it. Inside another one it just goes on.
    public func transaction(_ body: () async throws -> Void) async throws {
        guard transaction == nil, let database = try serviceDatabase() else { return try await body() }
        try await database.transaction { runner in
            transaction = runner
            defer { (transaction, hasConnection) = (nil, false) }
            try await body()
        }
    }

    /// Takes a connection of the service's database out of its pool.
    ///
    /// - Parameter duration: When it goes back; nil never gives it back.
    public func holdConnection(for duration: Duration?) async throws {
        guard let database = try serviceDatabase() else { return }
        guard let duration else { return database.leakPermit() }
        let lease = try await database.lease()
        guard !Task.isCancelled else { return lease.release() }
        let service = service
        service.hold(lease)
        world.loop.schedule(after: duration) { service.giveBack(lease) }
    }

    private func serviceDatabase() throws -> (any Database)? {
        deployment.compiled.database.map { shop.databases[$0] }
    }
}
