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

    /// A random UUID (RFC 9562, version 4).
    public func uuid() -> String { Self.uuid(from: &identifiers) }

    /// The UUID of something that has one for as long as this world exists: the same name and seed always give the same.
    public static func uuid(named name: String, seed: UInt64) -> String {
        var numbers = SeededRandom(seed: seed ^ Fingerprint(Array(name.utf8)).value)
        return uuid(from: &numbers)
    }

    private static func uuid(from numbers: inout SeededRandom) -> String {
        let high = numbers.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = numbers.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        var text: [UInt8] = []
        text.reserveCapacity(36)
        text.append(hex: high >> 32, width: 8)
        for part in [high >> 16 & 0xffff, high & 0xffff, low >> 48] {
            text.append(UInt8(ascii: "-"))
            text.append(hex: part, width: 4)
        }
        text.append(UInt8(ascii: "-"))
        text.append(hex: low & 0xffff_ffff_ffff, width: 12)
        return String(decoding: text, as: UTF8.self)
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
