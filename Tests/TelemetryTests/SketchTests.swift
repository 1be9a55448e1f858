import Base
import Testing

@testable import Telemetry

@Suite struct SketchTests {
    @Test func `quantiles are close to those of the values themselves`() throws {
        var random = SeededRandom(seed: 3)
        // From a microsecond to a quarter of an hour, as many in each power of ten.
        let values = (0..<20_000).map { _ in 1e-6 * pow(10, 9 * random.fraction()) }
        var sketch = Sketch()
        for value in values { sketch.observe(value) }
        let sorted = values.sorted()
        for share in [0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1] {
            let exact = sorted[Int(share * Double(values.count - 1))]
            #expect(abs(try #require(sketch.quantile(share)) / exact - 1) < 0.017, "p\(share * 100)")
        }
        #expect(sketch.count == values.count && sketch.minimum == sorted.first && sketch.maximum == sorted.last)
        #expect(abs(sketch.sum - values.reduce(0, +)) < 1e-6)
        #expect(sketch.buckets.count < 1_000)
    }

    @Test func `equal values have that value as every quantile`() {
        var sketch = Sketch()
        for _ in 0..<100 { sketch.observe(2.513) }
        #expect([0, 0.5, 0.99, 1].map { sketch.quantile($0) } == [2.513, 2.513, 2.513, 2.513])
        #expect(sketch.mean.map { abs($0 - 2.513) < 1e-12 } == true)
    }

    @Test func `merging is the same as observing everything in one`() {
        var (left, right, both) = (Sketch(), Sketch(), Sketch())
        for step in 0..<500 {
            let value = Double(step * step % 97) + 0.5
            both.observe(value)
            if step % 3 == 0 { left.observe(value) } else { right.observe(value) }
        }
        left.merge(right)
        #expect(left == both)
        var empty = Sketch()
        empty.merge(left)
        #expect(empty == both)
        empty.merge(Sketch())
        #expect(empty == both)
    }

    @Test func `what has no logarithm is counted too`() {
        var sketch = Sketch()
        for value in [0, -1, 1e-12, 1e300] { sketch.observe(value) }
        #expect(sketch.count == 4 && sketch.buckets.map(\.count) == [3, 1])
        #expect(sketch.quantile(0.2) == 0 && sketch.maximum == 1e300 && sketch.minimum == -1)
    }

    @Test func `nothing is no quantile`() {
        #expect(Sketch().quantile(0.5) == nil && Sketch().mean == nil)
    }

    @Test func `a histogram's observations keep their number, their sum and their buckets`() {
        var distribution = Distribution(bounds: [0.1, 1, 10])
        for value in [0.02, 0.05, 0.5, 0.7, 0.9, 4, 25, 60] { distribution.observe(value) }
        let points = distribution.representatives
        #expect(points.map(\.count) == [2, 3, 1, 2])
        #expect(abs(points.reduce(0) { $0 + $1.value * Double($1.count) } - distribution.sum) < 1e-9)
        for (point, range) in zip(points, [0.0...0.1, 0.1...1, 1...10, 10...100]) { #expect(range.contains(point.value)) }
        let sketch = Sketch(distribution)
        #expect(sketch.count == 8 && sketch.sum == distribution.sum)
    }

    @Test(arguments: [[0.1], [0.1, 0.1, 0.1], [12], [10.5, 0.0001], [1, 1, 1, 1], [0]])
    func `representatives keep the sum at the edges`(values: [Double]) {
        var distribution = Distribution(bounds: [0.1, 1, 10])
        for value in values { distribution.observe(value) }
        let sum = distribution.representatives.reduce(0) { $0 + $1.value * Double($1.count) }
        #expect(abs(sum - values.reduce(0, +)) < 1e-9)
    }

    @Test func `a difference is what came since, and everything after a reset`() {
        var distribution = Distribution(bounds: [1, 2])
        distribution.observe(0.5)
        let before = distribution
        distribution.observe(1.5)
        distribution.observe(3)
        #expect(distribution.since(before).buckets == [0, 1, 1] && distribution.since(before).sum == 4.5 && distribution.since(before).count == 2)
        #expect(before.since(distribution) == before)
    }
}

private func pow(_ base: Double, _ exponent: Double) -> Double {
    // By squaring and square roots: this suite needs no mathematics library for one test.
    var (result, factor, rest) = (1.0, base, exponent)
    var whole = Int(rest)
    rest -= Double(whole)
    while whole > 0 {
        if whole % 2 == 1 { result *= factor }
        factor *= factor
        whole /= 2
    }
    var root = base
    for _ in 0..<40 {
        root = root.squareRoot()
        rest *= 2
        if rest >= 1 {
            result *= root
            rest -= 1
        }
    }
    return result
}
