import Base

/// When each record of a recording is due. A pure value: times in, offsets out.
///
/// As GoReplay does (input_file.go `emit`): the first record is due at once; each further one after the gap to the record before it, divided
/// by the speed, then cut to the longest wait; a record that is older than the one before it is due at once and does not count for the next
/// gap. Unlike there, offsets are from the start, so that what the replay itself costs does not add up.
public struct ReplayPacer: Sendable, Equatable {
    /// 1 is the recorded pace, 2 twice as fast; nil sends everything at once.
    public let speed: Double?
    public let longestWait: Duration?
    private var last: Timestamp?
    private var offset = Duration.zero

    public init(speed: Double? = 1, longestWait: Duration? = nil) {
        self.speed = speed
        self.longestWait = longestWait
    }

    /// How long after the start the record of this time is due. Must be asked for every record, in order.
    public mutating func offset(of time: Timestamp) -> Duration {
        guard let speed else { return .zero }
        guard let last else {
            last = time
            return offset
        }
        guard time >= last else { return offset }
        self.last = time
        let gap = Double((time - last).nanoseconds) / speed
        // Beyond a thousand years nobody waits; larger numbers would not fit.
        let wait = Duration.nanoseconds(Int64(min(gap, 9e18)))
        offset += longestWait.map { min($0, wait) } ?? wait
        return offset
    }

    /// The recording begins anew: its first record is due with the last one of the pass before.
    public mutating func restart() { last = nil }
}

/// GoReplay's limit of so many requests a second (limiter.go): what comes beyond it within a second is dropped.
struct RateLimit {
    let perSecond: Int
    private var windowStart: Timestamp?
    private var admitted = 0

    init(perSecond: Int) { self.perSecond = perSecond }

    mutating func admits(at time: Timestamp) -> Bool {
        if let windowStart, time - windowStart <= .seconds(1) {
            guard admitted < perSecond else { return false }
        } else {
            windowStart = time
            admitted = 0
            guard perSecond > 0 else { return false }
        }
        admitted += 1
        return true
    }
}
