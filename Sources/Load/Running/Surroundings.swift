import Base
import HTTP

/// What visitors of one loop have in common.
final class Surroundings {
    let journey: Journey
    /// Base URLs by service place, without a slash at the end.
    let bases: [String]
    let words: FailureWords
    let verifiesCertificates: Bool
    var shared: [SharedIteration]
    /// Kinds of visitors in the order in which they come, again and again.
    private let cycle: [Int]

    init(journey: Journey, bases: [String], words: FailureWords = .python, verifiesCertificates: Bool = true, share: LoadShare = .whole) {
        self.journey = journey
        self.bases = bases
        self.words = words
        self.verifiesCertificates = verifiesCertificates
        shared = Array(repeating: SharedIteration(share: share), count: journey.sharedCount)
        cycle = Self.cycle(weights: journey.visitors.map(\.weight))
    }

    /// - Parameter number: Counted from 0 over the whole run.
    func kind(ofVisitor number: Int) -> Int { cycle[number % cycle.count] }

    private static let longestCycle = 10_000

    /// Each kind as often as its weight says, evenly mixed (smooth weighted round-robin, as nginx chooses upstreams).
    static func cycle(weights: [Int]) -> [Int] {
        let total = weights.reduce(0, +)
        var scores = [Int](repeating: 0, count: weights.count)
        return (0..<min(total, longestCycle)).map { _ in
            for index in scores.indices { scores[index] += weights[index] }
            let best = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }!
            scores[best] -= total
            return best
        }
    }
}
