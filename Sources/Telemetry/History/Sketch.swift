/// Many values in little memory: counts in buckets whose width grows with the value, 32 to each power of two.
///
/// Quantiles are within 1.6 % of the true value; count, sum, minimum and maximum are exact. Values below 2^-30, zero and negative ones
/// share one bucket; those of 2^42 and above share the last. Two sketches can be merged without loss.
public struct Sketch: Sendable, Equatable {
    /// A bucket that is not empty.
    public struct Bucket: Sendable, Equatable {
        fileprivate var index: UInt16
        public fileprivate(set) var count: UInt32

        /// The middle of the bucket.
        public var value: Double { Scale.middle(of: index) }
    }

    /// Ascending.
    public private(set) var buckets: [Bucket] = []
    public private(set) var count = 0
    public private(set) var sum = 0.0
    public private(set) var minimum = Double.infinity
    public private(set) var maximum = -Double.infinity
    /// Where the last value went: the next one is often alike.
    private var lastPosition = 0

    public init() {}

    public static func == (left: Sketch, right: Sketch) -> Bool {
        left.buckets == right.buckets && left.count == right.count && left.sum == right.sum && left.minimum == right.minimum
            && left.maximum == right.maximum
    }

    public mutating func observe(_ value: Double) {
        let index = Scale.index(of: value)
        if lastPosition >= buckets.count || buckets[lastPosition].index != index { lastPosition = place(of: index) }
        buckets[lastPosition].count = buckets[lastPosition].count.addingSaturated(1)
        note(value, times: 1)
    }

    public mutating func observe(_ value: Double, times: Int) {
        guard times > 0 else { return }
        lastPosition = place(of: Scale.index(of: value))
        buckets[lastPosition].count = buckets[lastPosition].count.addingSaturated(UInt32(clamping: times))
        note(value, times: times)
    }

    private mutating func note(_ value: Double, times: Int) {
        count &+= times
        sum += value * Double(times)
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
    }

    /// The position of a bucket, made when there is none.
    private mutating func place(of index: UInt16) -> Int {
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].index < index { low = middle + 1 } else { high = middle }
        }
        if low == buckets.count || buckets[low].index != index { buckets.insert(Bucket(index: index, count: 0), at: low) }
        return low
    }

    public mutating func merge(_ other: Sketch) {
        guard other.count > 0 else { return }
        guard count > 0 else { self = other; return }
        var merged: [Bucket] = []
        merged.reserveCapacity(buckets.count + other.buckets.count)
        var (left, right) = (buckets[...], other.buckets[...])
        while let a = left.first, let b = right.first {
            if a.index <= b.index { left.removeFirst() }
            if b.index <= a.index { right.removeFirst() }
            var next = a.index <= b.index ? a : b
            if a.index == b.index { next.count = a.count.addingSaturated(b.count) }
            merged.append(next)
        }
        buckets = merged + left + right
        lastPosition = 0
        count &+= other.count
        sum += other.sum
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    public var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// The value below which `share` (0...1) of the values lie; nil without values.
    public func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = share * Double(count - 1)
        var below = 0.0
        for bucket in buckets {
            below += Double(bucket.count)
            if below > rank { return min(maximum, max(minimum, bucket.value)) }
        }
        return maximum
    }

    /// The bucket of a value is its exponent with the first five bits of its mantissa: no logarithm is needed.
    private enum Scale {
        private static let mantissaBits = 5
        private static let shift = UInt64(Double.significandBitCount - mantissaBits)
        private static let smallest = 0x1p-30
        private static let largest = (0x1p42).nextDown
        private static let first = smallest.bitPattern >> shift

        static func index(of value: Double) -> UInt16 {
            // Not-a-number fails the comparison too.
            guard value >= smallest else { return 0 }
            return UInt16(truncatingIfNeeded: (min(value, largest).bitPattern >> shift) &- first &+ 1)
        }

        static func middle(of index: UInt16) -> Double {
            guard index > 0 else { return 0 }
            let lower = first &+ UInt64(index) &- 1
            return (Double(bitPattern: lower << shift) + Double(bitPattern: (lower &+ 1) << shift)) / 2
        }
    }
}

extension UInt32 {
    fileprivate func addingSaturated(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Sketch {
    /// The observations of a histogram, each at a place in its bucket that keeps the sum.
    public init(_ distribution: Distribution) {
        for (value, count) in distribution.representatives { observe(value, times: count) }
        sum = distribution.sum
    }
}
