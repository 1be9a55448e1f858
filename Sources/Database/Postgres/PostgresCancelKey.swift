import Base
import CLibPQ

/// What it takes to interrupt a connection's running statement from another connection.
// @unchecked Sendable: libpq allows PQcancel from any thread, and nothing changes the key after init.
final class PostgresCancelKey: @unchecked Sendable {
    private let handle: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit { PQfreeCancel(handle) }

    /// Blocks for a round trip; for worker threads. A statement that has ended meanwhile is not harmed.
    func cancel() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            // A failure means that the statement runs to its end, which whoever waits for it sees.
            _ = PQcancel(handle, message.baseAddress, 256)
        }
    }
}
