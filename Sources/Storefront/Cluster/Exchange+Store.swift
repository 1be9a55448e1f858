import Base
import Database

/// The service on whose pods another one's statements run: its `store` object.
///
/// | Key | Meaning |
/// |---|---|
/// | `service` | name of the service |
/// | `timeoutMilliseconds` | how long after its beginning a request still waits for a busy store; for ever without it |
struct Store {
    static let keys = ["service", "timeoutMilliseconds"]

    /// Position of the service in the pack.
    let position: Int
    let timeout: Duration?
}

extension Exchange {
    /// Runs a statement where the service's data is: on the pods of its store, if it has one.
    func run(_ query: PreparedQuery, _ arguments: [Value]) async throws -> QueryResult {
        let database = shop.databases[query.database]
        guard let (store, service, pods) = storage else { return try await (transaction ?? database).query(query.statement, arguments) }
        guard pods.letsWait else {
            let result = try await (transaction ?? database).query(query.statement, arguments)
            note(query, arguments, result, at: service, pods)
            return result
        }
        shop.onRequest?(service.name, nil)
        // The connection is the statement's from before it waits for its turn.
        let lease = transaction == nil ? try await database.lease() : nil
        defer { lease?.release() }
        let deadline = store.timeout.map { startedAt + $0 }
        let place = try await enter(pods, of: service, until: deadline)
        // Its processor time comes first: whoever waits for a lock afterwards must not keep others from what would release it.
        guard await shop.leave(place) else { throw Failure(.databaseUnavailable, "invalid connection") }
        if let deadline, world.now > deadline { throw Self.timeout(service) }
        let result = try await (transaction ?? lease ?? database).query(query.statement, arguments)
        place.transfer(received: query.statement.messageSize(arguments), sent: result.messageSize)
        return result
    }

    private func enter(_ pods: ServicePods, of service: ServiceRuntime, until deadline: Timestamp?) async throws -> ServicePods.Place {
        if let deadline, world.now >= deadline { throw Self.timeout(service) }
        switch await pods.enter(until: deadline) {
        case .place(let place): return place
        case .late: throw Self.timeout(service)
        case .broken: throw Failure(.databaseUnavailable, "invalid connection")
        case .refused: throw Failure(.databaseUnavailable, "dial tcp \(service.authority): connect: connection refused")
        }
    }

    private static func timeout(_ service: ServiceRuntime) -> Failure { Failure(.databaseUnavailable, "dial tcp \(service.authority): i/o timeout") }

    private var storage: (Store, ServiceRuntime, ServicePods)? {
        guard let store = deployment.compiled.store else { return nil }
        let service = shop.services[store.position]
        return service.pods.map { (store, service, $0) }
    }

    /// True where a statement may have to wait, and not only in the database itself.
    var waitsForStore: Bool { storage?.2.letsWait ?? false }

    /// Has the store's pods count a statement that did not wait.
    func note(_ query: PreparedQuery, _ arguments: [Value], _ result: QueryResult) {
        if let (_, service, pods) = storage { note(query, arguments, result, at: service, pods) }
    }

    private func note(_ query: PreparedQuery, _ arguments: [Value], _ result: QueryResult, at service: ServiceRuntime, _ pods: ServicePods) {
        shop.onRequest?(service.name, nil)
        pods.pass(received: query.statement.messageSize(arguments), sent: result.messageSize)
    }
}

extension ServicePods {
    /// True while newcomers may have to wait for a slot or a pod.
    fileprivate var letsWait: Bool { controller.spec.slots != nil || !controller.takesRequests }
}
