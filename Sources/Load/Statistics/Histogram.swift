import Base

/// Lengths of time, counted in buckets that widen with the value, so that any quantile costs no more than the buckets.
///
/// The first 4,096 values are kept as they are. Beyond that a value is known to within 1/256 of itself (HdrHistogram's layout); count, least,
/// greatest and mean stay exact. Negative lengths count as zero. Takes 32 KiB for few values and about 50 KiB for any number of values
/// below a minute.
public struct Histogram: Sendable, Equatable {
    public private(set) var count = 0
    private var leastNanoseconds = Int64.max
    private var greatestNanoseconds: Int64 = 0
    private var sum: Int64 = 0
    /// In nanoseconds, while there are few.
    private var values: [Int64] = []
    /// By bucket; grown as far as values need it. Empty while there are few values.
    private var counts: [UInt64] = []

    private static let exactLimit = 4_096

    public init() {}

    public var isEmpty: Bool { count == 0 }
    /// Zero without values, as all that follow.
    public var least: Duration { .nanoseconds(count == 0 ? 0 : leastNanoseconds) }
    public var greatest: Duration { .nanoseconds(greatestNanoseconds) }
    public var mean: Duration { .nanoseconds(count == 0 ? 0 : sum / Int64(count)) }
    public var total: Duration { .nanoseconds(sum) }

    public mutating func record(_ length: Duration) { record(nanoseconds: length.nanoseconds) }

    public mutating func record(nanoseconds length: Int64) {
        let length = max(0, length)
        count += 1
        sum &+= length
        leastNanoseconds = min(leastNanoseconds, length)
        greatestNanoseconds = max(greatestNanoseconds, length)
        if counts.isEmpty {
            values.append(length)
            if values.count > Self.exactLimit { spill() }
        } else {
            add(1, to: Self.bucket(of: UInt64(length)))
        }
    }

    private mutating func add(_ number: UInt64, to bucket: Int) {
        if bucket >= counts.count { counts += [UInt64](repeating: 0, count: bucket + 1 - counts.count) }
        counts[bucket] += number
    }

    /// From single values to buckets.
    private mutating func spill() {
        for value in values { add(1, to: Self.bucket(of: UInt64(value))) }
        values = []
    }

    public mutating func merge(_ other: Histogram) {
        guard !other.isEmpty else { return }
        count += other.count
        sum &+= other.sum
        leastNanoseconds = min(leastNanoseconds, other.leastNanoseconds)
        greatestNanoseconds = max(greatestNanoseconds, other.greatestNanoseconds)
        if counts.isEmpty, other.counts.isEmpty, values.count + other.values.count <= Self.exactLimit {
            values += other.values
            return
        }
        spill()
        for value in other.values { add(1, to: Self.bucket(of: UInt64(value))) }
        for (bucket, number) in other.counts.enumerated() where number > 0 { add(number, to: bucket) }
    }

    /// The smallest recorded length that at least `fraction` of all values do not exceed; zero without values.
    ///
    /// - Parameter fraction: 0 gives the least, 0.5 the median, 1 the greatest.
    public func quantile(_ fraction: Double) -> Duration {
        guard count > 0 else { return .zero }
        let rank = min(max(1, Int((fraction * Double(count)).rounded(.up))), count)
        if rank == 1 { return least }
        if rank == count { return greatest }
        var seen = 0
        var found = greatestNanoseconds
        forEachAscending { value, number in
            seen += number
            guard seen >= rank else { return true }
            found = value
            return false
        }
        return .nanoseconds(found)
    }

    /// Calls `body` with values and how often they occurred, from the least to the greatest, until it answers false. Values from buckets are
    /// the middle of their bucket.
    func forEachAscending(_ body: (_ nanoseconds: Int64, _ count: Int) -> Bool) {
        if counts.isEmpty {
            for value in values.sorted() { if !body(value, 1) { return } }
            return
        }
        for (bucket, number) in counts.enumerated() where number > 0 {
            let value = min(max(Int64(Self.middle(of: bucket)), leastNanoseconds), greatestNanoseconds)
            if !body(value, Int(number)) { return }
        }
    }

    // MARK: Buckets

    private static let precisionBits = 8
    private static let perPower = 1 << precisionBits

    /// Buckets of one nanosecond first, then `perPower` for every power of two.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(perPower) else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount - precisionBits
        return (power << precisionBits) + Int(value >> UInt64(power))
    }

    private static func middle(of bucket: Int) -> UInt64 {
        guard bucket >= 2 * perPower else { return UInt64(bucket) }
        let power = UInt64(bucket >> precisionBits) - 1
        let lower = UInt64(bucket & (perPower - 1) | perPower) << power
        return lower + (1 << power) / 2
    }
}

extension Histogram {
    /// The quantiles that reports show.
    public static let shownQuantiles: [(name: String, fraction: Double)] = [
        ("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999),
    ]

    /// `{"min": 0.4, "mean": 1.2, "p50": ..., "max": 12.5}` in milliseconds.
    public var millisecondsValue: Value {
        var members: [(String, Value)] = [("min", Self.value(least)), ("mean", Self.value(mean))]
        for (name, fraction) in Self.shownQuantiles { members.append((name, Self.value(quantile(fraction)))) }
        members.append(("max", Self.value(greatest)))
        return .record(Record(members))
    }

    /// `min 0.4 ms  mean 1.2 ms  p50 ...  max 12.5 ms`; empty without values.
    public var text: String {
        guard !isEmpty else { return "" }
        var parts = ["min \(least.brief)", "mean \(mean.brief)"]
        for (name, fraction) in Self.shownQuantiles { parts.append("\(name) \(quantile(fraction).brief)") }
        return (parts + ["max \(greatest.brief)"]).joined(separator: "  ")
    }

    private static func value(_ length: Duration) -> Value { .double(Double(length.nanoseconds / 1_000) / 1_000) }
}
