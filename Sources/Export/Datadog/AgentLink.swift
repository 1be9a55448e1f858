import Base
import HTTP

/// Decides what follows an attempt to reach the agent, and when to leave it alone.
struct AgentLink {
    enum Decision: Equatable {
        case delivered
        case retry(after: Duration)
        /// The payload is lost.
        case giveUp(reason: String, isReachable: Bool)
    }

    private static let attemptLimit = 3
    private static let longestRest = Duration.seconds(30)
    /// The agent says that it is not there, busy or not ready: more would not help now.
    private static let restingStatuses: Set<Int> = [404, 429, 503]

    private var failures = 0
    private var restsUntil: Timestamp?

    /// While true nothing is sent, and nothing is worth preparing.
    func isResting(at time: Timestamp) -> Bool { restsUntil.map { time < $0 } ?? false }

    /// As Datadog's tracers: attempts are repeated when no answer came, and never when the agent refused the payload.
    ///
    /// - Parameter attempt: From 1.
    mutating func decide(
        after outcome: Result<Int, ClientError>, attempt: Int, isLast: Bool, now: Timestamp, random: inout SeededRandom
    ) -> Decision {
        switch outcome {
        case .success(let status) where (200...299).contains(status):
            failures = 0
            restsUntil = nil
            return .delivered
        case .success(let status):
            if Self.restingStatuses.contains(status) { rest(now) }
            return .giveUp(reason: "the agent answered \(status)", isReachable: true)
        case .failure(let error):
            if case .invalidURL = error { rest(now) } else if attempt < Self.attemptLimit, failures == 0, !isLast {
                return .retry(after: .milliseconds(exactly: Double(100 << attempt) * (0.5 + 0.5 * random.fraction())))
            } else { rest(now) }
            return .giveUp(reason: error.description, isReachable: false)
        }
    }

    /// 1, 2, 4 ... 30 seconds.
    private mutating func rest(_ now: Timestamp) {
        restsUntil = now + min(Self.longestRest, .seconds(1 << min(failures, 5)))
        failures += 1
    }
}
