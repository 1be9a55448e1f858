import Base

/// How long a step may go on.
struct Patience {
    private let loop: EventLoop
    let deadline: Timestamp

    /// Between two looks at a page.
    private static let pause = Duration.milliseconds(100)
    /// What a command may take beyond the step's time: the browser itself says when that is over.
    private static let grace = Duration.seconds(3)

    init(_ loop: EventLoop, until deadline: Timestamp) {
        self.loop = loop
        self.deadline = deadline
    }

    /// Never negative.
    var rest: Duration { max(.zero, deadline - loop.now) }

    /// Too little is left for another look.
    var isSpent: Bool { rest <= Self.pause }

    /// For one command.
    var limit: Duration { rest + Self.grace }

    /// Looks again and again until it succeeds or the time is over.
    ///
    /// - Throws: What stood in the way in the end.
    func until<Result>(_ attempt: () async throws(Obstacle) -> Result) async throws(CheckFailure) -> Result {
        while true {
            do throws(Obstacle) { return try await attempt() } catch {
                if error.isFinal || isSpent { throw error.failure }
            }
            do { try await loop.sleep(for: Self.pause) } catch { throw CheckFailure.cancelled }
        }
    }
}
