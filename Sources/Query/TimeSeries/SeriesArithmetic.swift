/// Adds, subtracts, multiplies and divides what two expressions have come to, point by point.
///
/// Series with the same group tags belong together; one that is not grouped goes with each of the other side. A point that one side does
/// not have is zero where that side counts, else there is no result. Dividing by zero gives none either.
struct SeriesArithmetic {
    private let sign: SeriesExpression.Operator

    init(_ sign: SeriesExpression.Operator) { self.sign = sign }

    func apply(_ left: SeriesResults, _ right: SeriesResults) -> SeriesResults {
        let interval = max(left.interval, right.interval)
        let countsFromZero = (left.countsFromZero || left.constant != nil) && (right.countsFromZero || right.constant != nil)
        switch (left.constant, right.constant) {
        case (let a?, let b?): return SeriesResults([], interval: interval, constant: compute(a, b))
        case (nil, let b?): return SeriesResults(left.series.map { $0.mapValues { compute($0, b) } }, interval: interval, countsFromZero: countsFromZero)
        case (let a?, nil): return SeriesResults(right.series.map { $0.mapValues { compute(a, $0) } }, interval: interval, countsFromZero: countsFromZero)
        case (nil, nil):
            let series = pairs(left, right).map { join($0, left.countsFromZero, $1, right.countsFromZero) }.filter { !$0.points.isEmpty }
            return SeriesResults(series, interval: interval, countsFromZero: countsFromZero)
        }
    }

    private func pairs(_ left: SeriesResults, _ right: SeriesResults) -> [(SeriesResult, SeriesResult)] {
        if let one = right.ungrouped, left.ungrouped == nil, !left.series.isEmpty { return left.series.map { ($0, one) } }
        if let one = left.ungrouped, right.ungrouped == nil, !right.series.isEmpty { return right.series.map { (one, $0) } }
        var pairs: [(SeriesResult, SeriesResult)] = []
        for series in left.series {
            let partner = right.series.first { $0.tags == series.tags }
            if let partner { pairs.append((series, partner)) } else if right.countsFromZero { pairs.append((series, SeriesResult(tags: series.tags, points: []))) }
        }
        for series in right.series where left.countsFromZero && !left.series.contains(where: { $0.tags == series.tags }) {
            pairs.append((SeriesResult(tags: series.tags, points: []), series))
        }
        return pairs
    }

    private func join(_ left: SeriesResult, _ leftCounts: Bool, _ right: SeriesResult, _ rightCounts: Bool) -> SeriesResult {
        let (a, b) = (left.valuesByTime, right.valuesByTime)
        let points = Set(a.keys).union(b.keys).sorted().compactMap { time -> SeriesResult.Point? in
            guard let x = a[time] ?? (leftCounts ? 0 : nil), let y = b[time] ?? (rightCounts ? 0 : nil), let value = compute(x, y) else { return nil }
            return SeriesResult.Point(time, value)
        }
        return SeriesResult(tags: left.tags.isEmpty ? right.tags : left.tags, points: points)
    }

    private func compute(_ a: Double, _ b: Double) -> Double? {
        let value: Double
        switch sign {
        case .add: value = a + b
        case .subtract: value = a - b
        case .multiply: value = a * b
        case .divide: value = a / b
        }
        return value.isFinite ? value : nil
    }
}

extension SeriesResults {
    /// The only series of a query without groups.
    fileprivate var ungrouped: SeriesResult? { series.count == 1 && series[0].tags.isEmpty ? series[0] : nil }
}
