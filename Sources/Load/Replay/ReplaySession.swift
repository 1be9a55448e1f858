/// Requests that belong together, in order.
// @unchecked Sendable: touched only on the replay's loop.
final class ReplaySession: @unchecked Sendable {
    /// What the shop has made up anew for this session.
    var values = ValueMap()
    /// The ends of what was sent last: one, or several after sessions have become one.
    private(set) var last: [Turn] = []
    /// The session that this one has become a part of.
    private var whole: ReplaySession?
    /// True when a response has given it a cookie or token by which later requests are known.
    var isKnownByResponse = false

    /// Itself, or what it is a part of now.
    var root: ReplaySession {
        var session = self
        while let whole = session.whole { session = whole }
        return session
    }

    /// Adds a request to the end.
    ///
    /// - Returns: What must be over before it is sent.
    func append(_ turn: Turn) -> [Turn] {
        defer { last = [turn] }
        return last
    }

    /// Two sessions turn out to be one: this one takes the other over.
    func absorb(_ other: ReplaySession) {
        other.whole = self
        values.merge(other.values)
        last += other.last
        isKnownByResponse = isKnownByResponse || other.isKnownByResponse
    }
}

/// Something that ends once, to be waited for.
// @unchecked Sendable: touched only on the replay's loop.
final class Turn: @unchecked Sendable {
    private var isOver = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if isOver { return }
        await withCheckedContinuation { continuation in
            // Suspending may have given way to the end.
            if isOver { continuation.resume() } else { waiting.append(continuation) }
        }
    }

    func end() {
        isOver = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
