import Base

/// An iteration that visitors share: each takes the next item that none has taken, until all are taken. Whoever comes again begins the
/// next round.
struct SharedIteration {
    /// Next item by round; rounds that are over are forgotten.
    private var next: [Int: Int] = [:]
    private let share: LoadShare

    init(share: LoadShare) { self.share = share }

    /// - Parameter round: How often the visitor has begun this iteration before.
    /// - Returns: Nil when none is left in this round.
    mutating func take(of count: Int, round: Int) -> Int? {
        let item = next[round] ?? share.index
        guard item < count else { return nil }
        next[round] = item + share.count
        // Visitors are at most a few rounds apart.
        if next.count > Self.roundsKept { next[next.keys.min()!] = nil }
        return item
    }

    private static let roundsKept = 64
}

/// Which part of a run's visitors and arrivals one event loop has: every `count`th, beginning with `index`.
public struct LoadShare: Sendable, Equatable {
    public var index: Int
    public var count: Int

    public static let whole = LoadShare(index: 0, count: 1)

    public init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// The number in the whole run of what is number `local` on this loop.
    func number(_ local: Int) -> Int { local * count + index }
}
