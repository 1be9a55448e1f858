#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension SeriesFunction {
    /// Applies the function to all series. A shift in time is not for here: it changes what is asked for.
    func apply(to results: SeriesResults, in window: QueryWindow) -> SeriesResults {
        switch self {
        case .simple(let simple): simple.apply(to: results, in: window)
        case .clampMinimum(let limit): results.map { $0.mapValues { max($0, limit) } }
        case .clampMaximum(let limit): results.map { $0.mapValues { min($0, limit) } }
        case .top(let count, let ranking, let descending): Self.top(results, count, ranking, descending)
        case .movingRollup(let seconds, let method): results.map { $0.moving(seconds, method) }
        case .timeShift: results
        }
    }

    private static func top(_ results: SeriesResults, _ count: Int, _ ranking: Ranking, _ descending: Bool) -> SeriesResults {
        var copy = results
        let ranked = results.series.map { (series: $0, rank: ranking.value(of: $0, interval: results.interval)) }
        // Sorting keeps equal ones in their order only when the position decides.
        let sorted = ranked.enumerated().sorted { a, b in
            a.element.rank == b.element.rank ? a.offset < b.offset : (a.element.rank > b.element.rank) == descending
        }
        copy.series = sorted.prefix(count).map(\.element.series)
        return copy
    }
}

extension SeriesFunction.Ranking {
    fileprivate func value(of series: SeriesResult, interval: Int64) -> Double {
        let values = series.points.map(\.value)
        let sum = values.reduce(0, +)
        switch self {
        case .max: return values.max() ?? -.infinity
        case .min: return values.min() ?? .infinity
        case .mean: return values.isEmpty ? 0 : sum / Double(values.count)
        case .sum: return sum
        case .last: return values.last ?? 0
        case .l2norm: return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .area: return sum * Double(interval)
        }
    }
}

extension SeriesFunction.Simple {
    func apply(to results: SeriesResults, in window: QueryWindow) -> SeriesResults {
        switch self {
        case .defaultZero: results.map { $0.withZeros(at: window.starts(every: results.interval)) }
        case .absolute: results.map { $0.mapValues(abs) }
        case .log2: results.map { $0.mapValues(logarithm2) }
        case .log10: results.map { $0.mapValues(logarithm10) }
        case .perSecond, .derivative: results.map { $0.pairs { change, seconds in change / seconds } }
        case .perMinute: results.map { $0.pairs { change, seconds in change / seconds * 60 } }
        case .perHour: results.map { $0.pairs { change, seconds in change / seconds * 3_600 } }
        case .difference: results.map { $0.pairs { change, _ in change } }
        case .monotonicDifference: results.map { $0.pairs { change, _ in change >= 0 ? change : nil } }
        case .timeDifference: results.map { $0.pairs { _, seconds in seconds } }
        case .cumulativeSum: results.map { $0.accumulated { value, _ in value } }
        case .integral: results.map { $0.accumulated { value, seconds in value * seconds } }
        case .throughput: results.map { $0.mapValues { $0 / Double(results.interval) } }
        case .countNonzero: Self.count(results) { $0 != 0 }
        case .countNotNull: Self.count(results) { _ in true }
        }
    }

    /// How many series have such a value, at each time at which one of them has any.
    private static func count(_ results: SeriesResults, _ counts: (Double) -> Bool) -> SeriesResults {
        var numbers: [Int64: Double] = [:]
        for point in results.series.flatMap(\.points) { numbers[point.time, default: 0] += counts(point.value) ? 1 : 0 }
        let points = numbers.sorted { $0.key < $1.key }.map { SeriesResult.Point($0.key, $0.value) }
        return SeriesResults(points.isEmpty ? [] : [SeriesResult(points: points)], interval: results.interval, countsFromZero: results.countsFromZero)
    }
}

extension SeriesResult {
    fileprivate func withZeros(at times: [Int64]) -> SeriesResult {
        guard !points.isEmpty else { return self }
        let known = valuesByTime
        let all = Set(times).union(known.keys).sorted()
        return SeriesResult(tags: tags, points: all.map { Point($0, known[$0] ?? 0) })
    }

    /// From each two neighbours: the change between them and the seconds that it took.
    fileprivate func pairs(_ compute: (_ change: Double, _ seconds: Double) -> Double?) -> SeriesResult {
        SeriesResult(
            tags: tags,
            points: zip(points, points.dropFirst()).compactMap { before, after in
                compute(after.value - before.value, Double(after.time - before.time)).map { Point(after.time, $0) }
            })
    }

    /// Running total of what each point adds, with the seconds since the one before (0 for the first).
    fileprivate func accumulated(_ amount: (_ value: Double, _ seconds: Double) -> Double) -> SeriesResult {
        var total = 0.0
        var before: Int64?
        let sums = points.map { point in
            total += amount(point.value, before.map { Double(point.time - $0) } ?? 0)
            before = point.time
            return Point(point.time, total)
        }
        return SeriesResult(tags: tags, points: sums)
    }

    /// Each point becomes what the points of the last `seconds`, itself included, come to.
    fileprivate func moving(_ seconds: Int64, _ method: SeriesSource.Method) -> SeriesResult {
        var first = 0
        let moved = points.indices.map { index in
            while points[first].time <= points[index].time - seconds { first += 1 }
            let values = points[first...index].map(\.value)
            let sum = values.reduce(0, +)
            switch method {
            case .avg: return Point(points[index].time, sum / Double(values.count))
            case .sum: return Point(points[index].time, sum)
            case .min: return Point(points[index].time, values.min()!)
            case .max: return Point(points[index].time, values.max()!)
            case .count: return Point(points[index].time, Double(values.count))
            }
        }
        return SeriesResult(tags: tags, points: moved)
    }
}

// Inside the functions' own type the names of the C library stand for its cases.
private func logarithm2(_ value: Double) -> Double? { log2(value) }
private func logarithm10(_ value: Double) -> Double? { log10(value) }
