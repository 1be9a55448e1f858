import Base
import Foundation
import Synchronization

@testable import Host

/// A host on a thread of its own.
final class RunningHost: Sendable {
    let host: ShopHost
    private let end: LoopEnd
    private let stopped = DispatchSemaphore(value: 0)

    /// Returns when everything listens.
    init(_ configuration: HostConfiguration) throws {
        let host = try ShopHost(configuration)
        let end = LoopEnd(loop: host.mainLoop)
        let started = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        self.host = host
        self.end = end
        let thread = Thread { [stopped] in
            do {
                try host.mainLoop.run {
                    try await host.start()
                    started.signal()
                    await end.wait()
                    await host.stop()
                }
            } catch {
                outcome.set(error)
                started.signal()
            }
            stopped.signal()
        }
        thread.start()
        started.wait()
        if let error = outcome.error { throw error }
    }

    /// Returns when everything is closed.
    func stop() {
        end.signal()
        stopped.wait()
    }

    private final class Outcome: Sendable {
        private let stored = Mutex<(any Error)?>(nil)
        var error: (any Error)? { stored.withLock { $0 } }
        func set(_ error: any Error) { stored.withLock { $0 = error } }
    }
}
