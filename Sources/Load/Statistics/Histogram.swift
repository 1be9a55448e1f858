import Base

/// Lengths of time, counted in buckets that widen with the value, so that any quantile costs no more than the buckets.
///
/// Values are known to within 1/256 of themselves (HdrHistogram's layout), below 256 µs to the microsecond; least, greatest and mean are
/// exact. Negative lengths count as zero.
public struct Histogram: Sendable, Equatable {
    public private(set) var count = 0
    public private(set) var least = Duration.zero
    public private(set) var greatest = Duration.zero
    private var sum = Duration.zero
    /// By bucket; grown as far as values need it.
    private var counts: [UInt64] = []

    public init() {}

    public var isEmpty: Bool { count == 0 }
    /// Zero without values.
    public var mean: Duration { count == 0 ? .zero : sum / count }

    public mutating func record(_ length: Duration) {
        let length = max(.zero, length)
        let bucket = Self.bucket(of: UInt64(length.nanoseconds / 1_000))
        if bucket >= counts.count { counts += [UInt64](repeating: 0, count: bucket + 1 - counts.count) }
        counts[bucket] += 1
        least = count == 0 ? length : min(least, length)
        greatest = max(greatest, length)
        sum += length
        count += 1
    }

    public mutating func merge(_ other: Histogram) {
        guard !other.isEmpty else { return }
        if other.counts.count > counts.count { counts += [UInt64](repeating: 0, count: other.counts.count - counts.count) }
        for (bucket, number) in other.counts.enumerated() { counts[bucket] += number }
        least = count == 0 ? other.least : min(least, other.least)
        greatest = max(greatest, other.greatest)
        sum += other.sum
        count += other.count
    }

    /// The smallest recorded length that at least `fraction` of all values do not exceed; zero without values.
    ///
    /// - Parameter fraction: 0 gives the least, 0.5 the median, 1 the greatest.
    public func quantile(_ fraction: Double) -> Duration {
        guard count > 0 else { return .zero }
        if fraction <= 0 { return least }
        let rank = UInt64((fraction * Double(count)).rounded(.up))
        if rank >= UInt64(count) { return greatest }
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(max(.microseconds(Int64(Self.middle(of: bucket))), least), greatest) }
        }
        return greatest
    }

    // MARK: Buckets

    private static let precisionBits = 8
    private static let perPower = 1 << precisionBits

    /// Buckets of one microsecond first, then `perPower` for every power of two.
    private static func bucket(of microseconds: UInt64) -> Int {
        guard microseconds >= UInt64(perPower) else { return Int(microseconds) }
        let power = 63 - microseconds.leadingZeroBitCount - precisionBits
        return (power << precisionBits) + Int(microseconds >> UInt64(power))
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
