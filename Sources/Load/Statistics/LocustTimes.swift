/// Response times rounded as Locust rounds them: 147 becomes 150, 3432 becomes 3400, 58760 becomes 59000 (locustio/locust
/// `locust/stats.py`, `bucket_response_time`), so that medians and percentiles are the ones that Locust would print.
struct LocustTimes: Sendable, Equatable {
    private(set) var count = 0
    /// By place; see `place(of:)`.
    private var counts: [UInt32] = []

    mutating func record(milliseconds: Double) {
        count += 1
        let place = Self.place(of: Self.rounded(milliseconds))
        if place >= counts.count { counts += [UInt32](repeating: 0, count: place + 1 - counts.count) }
        counts[place] += 1
    }

    mutating func merge(_ other: LocustTimes) {
        count += other.count
        if other.counts.count > counts.count { counts += [UInt32](repeating: 0, count: other.counts.count - counts.count) }
        for (place, number) in other.counts.enumerated() { counts[place] += number }
    }

    /// What came after an earlier state of the same times.
    func since(_ earlier: LocustTimes) -> LocustTimes {
        var difference = self
        difference.count -= earlier.count
        for (place, number) in earlier.counts.enumerated() { difference.counts[place] -= number }
        return difference
    }

    /// Whole milliseconds; 0 without values. Counts from the longest down, as Locust does.
    func percentile(_ fraction: Double) -> Int {
        let wanted = Int(Double(count) * fraction)
        var seen = 0
        for place in counts.indices.reversed() where counts[place] > 0 {
            seen += Int(counts[place])
            if count - seen <= wanted { return Self.milliseconds(at: place) }
        }
        return 0
    }

    // MARK: Rounding

    static func rounded(_ milliseconds: Double) -> Int {
        let step = milliseconds < 100 ? 1.0 : milliseconds < 1_000 ? 10 : milliseconds < 10_000 ? 100 : 1_000
        // Python rounds halves to even.
        return Int((milliseconds / step).rounded(.toNearestOrEven) * step)
    }

    /// 0 to 100 in steps of one, then in steps of 10 to 1,000, of 100 to 10,000, and of 1,000.
    private static func place(of rounded: Int) -> Int {
        if rounded <= 100 { return max(0, rounded) }
        if rounded <= 1_000 { return 100 + (rounded - 100) / 10 }
        if rounded <= 10_000 { return 190 + (rounded - 1_000) / 100 }
        return min(280 + (rounded - 10_000) / 1_000, placeLimit)
    }

    /// A day; what took longer counts as that.
    private static let placeLimit = 280 + 86_400

    private static func milliseconds(at place: Int) -> Int {
        if place <= 100 { return place }
        if place <= 190 { return 100 + (place - 100) * 10 }
        if place <= 280 { return 1_000 + (place - 190) * 100 }
        return 10_000 + (place - 280) * 1_000
    }
}
