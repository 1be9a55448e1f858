import Base
import HTTP

/// A client's patience on one event loop.
enum TimeLimit {
    /// Runs an exchange until it ends or the limit passes; after the limit it goes on without anybody waiting, as in a server whose
    /// client hung up.
    static func run(
        on loop: EventLoop, within limit: Duration, _ exchange: @escaping @Sendable () async -> Result<ClientResponse, ClientError>
    ) async -> Result<ClientResponse, ClientError> {
        let race = Race()
        return await withCheckedContinuation { continuation in
            race.continuation = continuation
            let timer = loop.schedule(after: limit) { race.end(with: .failure(.timedOut(after: limit))) }
            Task(executorPreference: loop) {
                let result = await exchange()
                loop.execute {
                    loop.cancel(timer)
                    race.end(with: result)
                }
            }
        }
    }

    /// Whoever comes first resumes the waiting task.
    // @unchecked Sendable: touched only on the loop.
    private final class Race: @unchecked Sendable {
        var continuation: CheckedContinuation<Result<ClientResponse, ClientError>, Never>?

        func end(with result: Result<ClientResponse, ClientError>) {
            continuation?.resume(returning: result)
            continuation = nil
        }
    }
}
