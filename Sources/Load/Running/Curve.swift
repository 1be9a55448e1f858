import Base

/// A quantity over time made of straight pieces: visitors at a moment, or arrivals per second. A pure function; whoever has a clock asks it.
///
/// After the last piece the last value stays.
public struct Curve: Sendable, Equatable {
    public struct Piece: Sendable, Equatable {
        public var from: Double
        public var to: Double
        /// In seconds; 0 is a jump.
        public var seconds: Double
    }

    public private(set) var pieces: [Piece] = []

    /// The same value always.
    public init(constant value: Double) { last = value }

    /// Pieces one after the other, each from where the one before ended.
    ///
    /// - Parameter stages: Where the value goes, and in what time.
    public init(from start: Double, stages: [(to: Double, in: Duration)]) {
        last = start
        for stage in stages {
            pieces.append(Piece(from: last, to: stage.to, seconds: Double(stage.in.nanoseconds) / 1e9))
            last = stage.to
        }
    }

    /// The value after all pieces.
    public private(set) var last: Double

    /// Length of all pieces in seconds.
    public var seconds: Double { pieces.reduce(0) { $0 + $1.seconds } }

    // MARK: Values

    /// - Parameter time: Seconds from the start.
    public func value(at time: Double) -> Double {
        var start = 0.0
        for piece in pieces {
            if time < start + piece.seconds { return piece.from + (piece.to - piece.from) * (time - start) / piece.seconds }
            start += piece.seconds
        }
        return last
    }

    /// The first moment at or after `time` when the value is more than `level` (or will be right afterwards), or has come down to `lower`.
    ///
    /// - Returns: Nil when neither happens any more.
    func change(after time: Double, above level: Double, orDownTo lower: Double) -> (time: Double, rises: Bool)? {
        var start = 0.0
        for piece in pieces {
            let end = start + piece.seconds
            // At its end a piece has nothing to say any more: the next one may begin elsewhere.
            if end > time || piece.seconds == 0, let found = piece.change(start: start, after: time, above: level, orDownTo: lower) { return found }
            start = end
        }
        if last > level { return (max(start, time), true) }
        return last <= lower ? (max(start, time), false) : nil
    }

    // MARK: Area

    /// The moment when the area under the curve reaches `area`: with arrivals per second, when so many have arrived.
    ///
    /// On a piece from rate a with slope s the area after x seconds is a·x + s·x²/2; solved for x without the difference of near numbers.
    /// - Returns: Seconds from the start; nil when it never does.
    public func time(ofArea area: Double) -> Double? {
        var start = 0.0
        var left = area
        for piece in pieces {
            let whole = (piece.from + piece.to) / 2 * piece.seconds
            if piece.seconds > 0, left < whole || (left == 0 && piece.from > 0) {
                let slope = (piece.to - piece.from) / piece.seconds
                let root = max(0, piece.from * piece.from + 2 * slope * left).squareRoot()
                return left == 0 && piece.from == 0 ? start : start + 2 * left / (piece.from + root)
            }
            left -= whole
            start += piece.seconds
        }
        return last > 0 ? start + left / last : nil
    }
}

extension Curve.Piece {
    fileprivate func change(start: Double, after time: Double, above level: Double, orDownTo lower: Double) -> (time: Double, rises: Bool)? {
        if seconds == 0 {
            guard time <= start else { return nil }
            if to > level { return (start, true) }
            return to <= lower ? (start, false) : nil
        }
        let slope = (to - from) / seconds
        let now = from + slope * (max(time, start) - start)
        // At a moment that was computed from a level the value is that level, give or take a rounding: what counts is where it goes.
        let isAbove = slope > 0 ? now >= level - Self.tolerance && to > level : now > level + Self.tolerance
        let isDown = slope > 0 ? now < lower - Self.tolerance : now <= lower + Self.tolerance
        if isAbove { return (max(time, start), true) }
        if isDown { return (max(time, start), false) }
        if slope > 0, to > level { return (start + (level - from) / slope, true) }
        if slope < 0, to <= lower { return (start + (lower - from) / slope, false) }
        return nil
    }

    private static let tolerance = 1e-9
}
