/// Where a shop's time, randomness and identifiers come from.
///
/// One world belongs to one shop and lives on that shop's loop. Two worlds with the same seed give the same identifiers and the
/// same random decisions in the same order; on a virtual loop also the same times.
public final class World {
    public let loop: EventLoop
    public let seed: UInt64
    /// Decisions: faults, random choices, load. Kept apart from identifiers, so that recording less telemetry changes no decision.
    public var random: SeededRandom
    /// True in a world where whatever may happen does: what comes up once in a thousand requests is met at the first, and what services
    /// do by themselves once a day they do every few seconds.
    public var isEveryChanceCertain = false
    /// Trace, span, session and token identifiers.
    public var identifiers: SeededRandom

    public init(loop: EventLoop, seed: UInt64) {
        self.loop = loop
        self.seed = seed
        random = SeededRandom(seed: seed)
        identifiers = SeededRandom(seed: ~seed)
    }

    /// A world in real time; without a seed the system's randomness gives one.
    public static func real(loop: EventLoop, seed: UInt64? = nil) -> World {
        var system = SystemRandomNumberGenerator()
        return World(loop: loop, seed: seed ?? system.next())
    }

    public var now: Timestamp { loop.now }

    /// Back to the first random number; the clock goes on.
    public func reset() {
        random = SeededRandom(seed: seed)
        identifiers = SeededRandom(seed: ~seed)
    }

    /// Decides whether something happens now that happens in so many of a hundred cases.
    public func happens(percentage: Double) -> Bool {
        isEveryChanceCertain ? percentage > 0 : random.chance(percentage: percentage)
    }

    /// A non-zero identifier below 2^63, as tracers generate them to stay safe in signed integers.
    public func identifier() -> UInt64 {
        while true {
            let candidate = identifiers.next() >> 1
            if candidate != 0 { return candidate }
        }
    }

    private static let tokenAlphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Random URL-safe base64 characters.
    public func token(length: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        for _ in 0..<length { bytes.append(Self.tokenAlphabet[Int(identifiers.next() & 63)]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
