import Base
import Testing

@testable import Load

@Suite struct HistogramTests {
    /// Lengths as servers have them: most short, some very long.
    private static func lengths(_ count: Int, seed: UInt64) -> [Int64] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            let spread = (0..<6).reduce(0.0) { sum, _ in sum + random.fraction() } - 3
            var length = 2_000_000.0
            for _ in 0..<Int(abs(spread) * 20) { length *= spread < 0 ? 0.9 : 1.15 }
            return Int64(length * (1 + random.fraction()))
        }
    }

    @Test(arguments: [1, 2, 100, 4_096, 4_097, 200_000]) func `quantiles are within one percent of the exact ones`(count: Int) {
        let lengths = Self.lengths(count, seed: UInt64(count))
        var histogram = Histogram()
        for length in lengths { histogram.record(nanoseconds: length) }
        let sorted = lengths.sorted()
        for fraction in [0, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] {
            let exact = Double(sorted[max(0, Int((fraction * Double(count)).rounded(.up)) - 1)])
            let found = Double(histogram.quantile(fraction).nanoseconds)
            #expect(abs(found - exact) <= exact * 0.01, "\(fraction) of \(count): \(found) instead of \(exact)")
        }
        #expect(histogram.count == count)
        #expect(histogram.least == .nanoseconds(sorted[0]))
        #expect(histogram.greatest == .nanoseconds(sorted[count - 1]))
        #expect(histogram.mean == .nanoseconds(lengths.reduce(0, +) / Int64(count)))
    }

    @Test(arguments: [(100, 100), (3_000, 3_000), (10, 9_000), (9_000, 10), (9_000, 9_000), (0, 5)])
    func `merged parts are as good as the whole`(first: Int, second: Int) {
        let lengths = Self.lengths(first + second, seed: 7)
        var whole = Histogram()
        var parts = [Histogram(), Histogram()]
        for (index, length) in lengths.enumerated() {
            whole.record(nanoseconds: length)
            parts[index < first ? 0 : 1].record(nanoseconds: length)
        }
        parts[0].merge(parts[1])
        for fraction in [0, 0.25, 0.5, 0.9, 0.99, 1] { #expect(parts[0].quantile(fraction) == whole.quantile(fraction)) }
        #expect(parts[0].count == whole.count)
        #expect(parts[0].mean == whole.mean)
    }

    @Test func `a hundred million years and negative lengths have a place, and memory is bounded`() {
        var histogram = Histogram()
        for _ in 0..<5_000 { histogram.record(nanoseconds: Int64.max) }
        histogram.record(nanoseconds: -5)
        #expect(histogram.least == .zero)
        #expect(histogram.greatest == .nanoseconds(Int64.max))
        var cells = 0
        histogram.forEachAscending { _, _ in cells += 1; return true }
        #expect(cells == 2)
        #expect(Histogram().quantile(0.5) == .zero)
    }

    @Test(arguments: [
        (0.4, 0), (0.5, 0), (1.5, 2), (2.5, 2), (99.4, 99), (99.6, 100), (147, 150), (145, 140), (994, 990), (995, 1_000), (3_432, 3_400), (9_960, 10_000),
        (58_760, 59_000), (10_500, 10_000),
    ])
    func `times are rounded as Locust rounds them`(milliseconds: Double, rounded: Int) {
        #expect(LocustTimes.rounded(milliseconds) == rounded)
        var times = LocustTimes()
        times.record(milliseconds: milliseconds)
        #expect(times.percentile(0.5) == rounded)
    }
}
