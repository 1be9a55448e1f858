import Base
import CLibPQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One connection to a server. One task uses it at a time.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let socket: PostgresSocket
    private let cancelKey: PostgresCancelKey?
    private let loop: EventLoop
    private var prepared: [ObjectIdentifier: PostgresPrepared] = [:]
    private var lastName = 0
    /// More than a pack has; only statements that somebody makes per call get here.
    private static let preparedLimit = 1_000
    /// The connection is of no more use.
    private(set) var isLost = false

    private init(_ handle: OpaquePointer, loop: EventLoop) {
        self.handle = handle
        self.loop = loop
        socket = PostgresSocket(PQsocket(handle), loop: loop)
        cancelKey = PostgresCancelKey(handle)
    }

    deinit {
        socket.unwatch()
        PQfinish(handle)
    }

    // MARK: Connecting

    /// - Throws: `.connection` when the server refuses or does not answer within `limit`.
    static func connect(_ parameters: [(String, String)], loop: EventLoop, within limit: Duration) async throws(DatabaseError) -> PostgresConnection {
        guard let handle = start(parameters) else { throw DatabaseError(postgresConnection: nil) }
        do {
            try await handshake(handle, loop: loop, deadline: loop.now + limit)
            let connection = PostgresConnection(handle, loop: loop)
            connection.socket.onUnexpectedInput = { [weak connection] in connection?.consumeUnexpectedInput() }
            return connection
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
        let keywords = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { for text in keywords + values { free(text) } }
        return PQconnectStartParams(keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }

    private static func handshake(_ handle: OpaquePointer, loop: EventLoop, deadline: Timestamp) async throws(DatabaseError) {
        var status = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            if status == PGRES_POLLING_FAILED { throw DatabaseError(postgresConnection: handle) }
            // libpq may go on with another descriptor after each step, so each gets a watch of its own.
            let socket = PostgresSocket(PQsocket(handle), loop: loop)
            let interest: EventLoop.Interest = status == PGRES_POLLING_READING ? .readable : .writable
            let outcome = try await socket.wait(for: interest, atMost: deadline - loop.now)
            socket.unwatch()
            if outcome == .timedOut { throw DatabaseError(.connection, "the server did not answer in time") }
            status = PQconnectPoll(handle)
        }
        PQsetnonblocking(handle, 1)
        // Notices would go to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    /// Something arrives though nothing was asked: a notice, a changed setting, or the end.
    private func consumeUnexpectedInput() {
        if PQconsumeInput(handle) == 0 || PQstatus(handle) == CONNECTION_BAD { lose() }
    }

    private func lose() {
        isLost = true
        socket.unwatch()
    }

    /// Makes whoever waits fail.
    func close() { lose() }

    // MARK: Statements

    /// - Parameter isInterruptible: False lets a cancelled task's statement run to its end.
    func run(_ statement: Statement, _ arguments: [Value], isInterruptible: Bool = true) async throws(DatabaseError) -> QueryResult {
        guard arguments.count == statement.parameters.count else { throw .wrongArgumentCount(arguments.count, for: statement) }
        if isInterruptible && Task.isCancelled { throw .cancelled(statement) }
        let values = try PostgresArguments(arguments, for: statement)
        let prepared = try await prepare(statement)
        let sent = values.withPointers { count, texts, lengths, formats in
            PQsendQueryPrepared(handle, prepared.name, count, texts, lengths, formats, 0)
        }
        return prepared.decode(try await results(sent, of: statement, isInterruptible: isInterruptible))
    }

    /// Runs statements that have no parameters; several run as one transaction.
    func script(_ sql: String) async throws(DatabaseError) {
        _ = try await results(PQsendQuery(handle, sql), of: nil, isInterruptible: false)
    }

    /// Rows of a statement that runs once.
    func rows(_ sql: String) async throws(DatabaseError) -> [Record] {
        let result = try await results(PQsendQuery(handle, sql), of: nil, isInterruptible: false)
        return PostgresPrepared.rows(of: result)
    }

    private func prepare(_ statement: Statement) async throws(DatabaseError) -> PostgresPrepared {
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        if prepared.count >= Self.preparedLimit { try await forgetPrepared() }
        lastName += 1
        let new = PostgresPrepared(statement, name: "s\(lastName)")
        let sent = PQsendPrepare(handle, new.name, statement.text(for: .postgres), 0, nil)
        _ = try await results(sent, of: statement, isInterruptible: false)
        prepared[ObjectIdentifier(statement)] = new
        return new
    }

    /// After tables were made anew: the server refuses statements whose columns have changed.
    func forgetPrepared() async throws(DatabaseError) {
        prepared.removeAll()
        try await script("DEALLOCATE ALL")
    }

    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// The server refuses further statements until the transaction is rolled back.
    var hasFailedTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    // MARK: Waiting

    private func results(_ sent: Int32, of statement: Statement?, isInterruptible: Bool) async throws(DatabaseError) -> PostgresResult {
        if sent == 0 || isLost { throw lost(statement) }
        guard isInterruptible, let cancelKey else { return try await receive(statement) }
        let interruption = PostgresInterruption(cancelKey, loop: loop)
        let answer = await withTaskCancellationHandler {
            await outcome(of: statement)
        } onCancel: {
            interruption.request()
        }
        await interruption.finish()
        return try answer.get()
    }

    private func outcome(of statement: Statement?) async -> Result<PostgresResult, DatabaseError> {
        do { return .success(try await receive(statement)) } catch { return .failure(error) }
    }

    /// Sends what is still buffered and reads to the end of the answer, so that the connection is free again even after an error.
    private func receive(_ statement: Statement?) async throws(DatabaseError) -> PostgresResult {
        socket.isAnswerExpected = true
        defer { socket.isAnswerExpected = false }
        try await flush(statement)
        var last: PostgresResult?
        var firstError: DatabaseError?
        while true {
            try await answer(statement)
            guard let handle = PQgetResult(handle) else { break }
            let result = PostgresResult(handle)
            if firstError == nil { firstError = result.error(of: statement) }
            last = result
        }
        if PQstatus(handle) == CONNECTION_BAD { lose() }
        if let firstError { throw firstError }
        guard let last else { throw lost(statement) }
        return last
    }

    private func flush(_ statement: Statement?) async throws(DatabaseError) {
        while true {
            let state = PQflush(handle)
            if state == 0 { return }
            if state < 0 { throw lost(statement) }
            // The server may have to be read from before it reads on.
            try await wait(for: [.readable, .writable], statement)
        }
    }

    /// Until the next result can be had without waiting.
    private func answer(_ statement: Statement?) async throws(DatabaseError) {
        while PQisBusy(handle) != 0 { try await wait(for: .readable, statement) }
    }

    private func wait(for interest: EventLoop.Interest, _ statement: Statement?) async throws(DatabaseError) {
        if isLost { throw lost(statement) }
        if try await socket.wait(for: interest) == .closed { throw lost(statement) }
        // A broken connection still has the server's last words to be read: PQgetResult gives them.
        if PQconsumeInput(handle) == 0 && PQisBusy(handle) != 0 { throw lost(statement) }
    }

    private func lost(_ statement: Statement?) -> DatabaseError {
        let error = DatabaseError(postgresConnection: handle, statement)
        lose()
        return error
    }
}
