import Base

/// Lets changes that take several steps follow each other. Lives on a shop's loop.
actor OneAtATime {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var last: Task<Void, any Error>?

    init(loop: EventLoop) { self.loop = loop }

    /// Runs a change when those before it have ended, well or badly.
    func run(_ change: @escaping @Sendable () async throws -> Void) async throws {
        let previous = last
        let task = Task(executorPreference: loop) {
            _ = await previous?.result
            try await change()
        }
        last = task
        try await task.value
    }
}
