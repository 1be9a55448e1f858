import Dispatch

/// A few threads for what blocks: disk, name look-ups, big queries. Never a shop's own work.
public final class WorkerPool: Sendable {
    public static let shared = WorkerPool(limit: 4)
    private let queue = DispatchQueue(label: "worker", attributes: .concurrent)
    private let permits: DispatchSemaphore

    public init(limit: Int) { permits = DispatchSemaphore(value: limit) }

    /// Runs a blocking body on a worker thread; the caller's loop goes on meanwhile.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [permits] in
                permits.wait()
                defer { permits.signal() }
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }
}
