extension Distribution {
    /// What was observed since an earlier state; everything when the earlier one is not part of this one, as after a reset.
    public func since(_ earlier: Distribution) -> Distribution {
        guard earlier.bounds == bounds, earlier.count <= count, zip(earlier.buckets, buckets).allSatisfy({ $0 <= $1 }) else { return self }
        return Distribution(
            bounds: bounds, buckets: zip(buckets, earlier.buckets).map { $0 - $1 }, sum: sum - earlier.sum, count: count - earlier.count)
    }

    /// One value for each bucket that is not empty, with its count: inside the bucket, and such that all together have this sum.
    ///
    /// Every value lies at the same share of its bucket. Σ c·(l + t·(u − l)) = sum gives that share t, in 0...1 because each observation
    /// was inside its bucket. The last bucket has no upper bound: what is left of the sum falls to it.
    public var representatives: [(value: Double, count: Int)] {
        let ranges = bounds.indices.map { index in (lower: index == 0 ? min(0, bounds[0]) : bounds[index - 1], upper: bounds[index]) }
        let low = zip(ranges, buckets).reduce(0) { $0 + $1.0.lower * Double($1.1) }
        let width = zip(ranges, buckets).reduce(0) { $0 + ($1.0.upper - $1.0.lower) * Double($1.1) }
        let beyond = Double(buckets[bounds.count])
        let last = bounds.last ?? 0
        var share = width > 0 ? (sum - low - last * beyond) / width : 0
        share = min(beyond > 0 ? 0.5 : 1, max(0, share))
        var values = zip(ranges, buckets).map { (value: $0.lower + share * ($0.upper - $0.lower), count: $1) }
        if beyond > 0 { values.append((value: max(last, (sum - low - share * width) / beyond), count: buckets[bounds.count])) }
        return values.filter { $0.count > 0 }
    }
}
