import Base
import Testing

@testable import Load

/// Pacers are functions of time; no clock is needed.
@Suite struct CurveTests {
    private static let stages = Curve(from: 0, stages: [(10, .seconds(10)), (10, .seconds(5)), (2, .zero), (0, .seconds(4))])

    @Test(arguments: [(0, 0), (5, 5), (10, 10), (12, 10), (15, 2), (17, 1), (19, 0), (100, 0)] as [(Double, Double)])
    func `a curve goes from stage to stage`(time: Double, value: Double) { #expect(Self.stages.value(at: time) == value) }

    /// Arrivals and their times: constant, rising from nothing, falling to nothing, in stages.
    @Test(arguments: [
        (Curve(constant: 50), [0, 0.02, 0.04, 0.06], nil),
        (Curve(from: 0, stages: [(10, .seconds(10))]), [0, 1.4142135623730951, 2, 2.449489742783178], nil),
        (Curve(from: 4, stages: [(0, .seconds(2))]), [0, 0.2679491924311227, 0.5857864376269049, 1], 4),
        (Curve(from: 2, stages: [(2, .seconds(1)), (8, .zero), (8, .seconds(1))]), [0, 0.5, 1, 1.125, 1.25], nil),
        (Curve(from: 3, stages: [(3, .seconds(1)), (0, .zero)]), [0, 1 / 3.0, 2 / 3.0], 3),
    ] as [(Curve, [Double], Int?)])
    func `arrivals come when the area under the rate says so`(curve: Curve, times: [Double], end: Int?) {
        for (number, time) in times.enumerated() {
            let found = curve.time(ofArea: Double(number))
            #expect(found.map { abs($0 - time) < 1e-9 } == true, "arrival \(number): \(String(describing: found)) instead of \(time)")
        }
        if let end { #expect(curve.time(ofArea: Double(end)) == nil || curve.time(ofArea: Double(end))! >= times.last!) }
    }

    @Test func `a rate that falls to zero and stays there ends the arrivals`() {
        #expect(Curve(from: 3, stages: [(3, .seconds(1)), (0, .zero)]).time(ofArea: 3) == nil)
        #expect(Curve(from: 4, stages: [(0, .seconds(2))]).time(ofArea: 4) == nil)
    }

    @Test(arguments: 1...5) func `the area and its inverse agree`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let stages = (0..<6).map { _ in (to: Double.random(in: 0...40, using: &random), in: Duration.milliseconds(Int.random(in: 0...3_000, using: &random))) }
        let curve = Curve(from: Double.random(in: 0...20, using: &random), stages: stages)
        var area = 0.0, time = 0.0, next = 0
        let step = 1e-4
        while time < curve.seconds {
            area += curve.value(at: time + step / 2) * step
            time += step
            while area >= Double(next) + 0.02 {
                let found = curve.time(ofArea: Double(next)) ?? -1
                #expect(found <= time + 1e-3 && found >= 0)
                next += 1
            }
        }
        #expect(next > 10)
    }

    /// Whoever follows the changes comes to an end, with as many visitors as the curve says.
    @Test(arguments: [1, 3, 7, 26, 1_000, 3_333], [0.026, 1, 7.3, 60] as [Double]) func `ramps up and down let in and out exactly once each`(users: Int, seconds: Double) {
        let curve = Curve(from: 0, stages: [(Double(users), .nanoseconds(Int64(seconds * 1e9))), (Double(users), .seconds(2)), (0, .seconds(3))])
        var (time, count, changes, most) = (0.0, 0, 0, 0)
        while let change = curve.change(after: time, above: Double(count), orDownTo: Double(count - 1)), changes <= 2 * users {
            // Clocks have nanoseconds.
            time = max(time, ((change.time * 1e9).rounded(.down) + 1) / 1e9)
            count += change.rises ? 1 : -1
            most = max(most, count)
            changes += 1
        }
        #expect(changes == 2 * users)
        #expect(count == 0)
        #expect(most == users)
    }

    @Test func `changes are told at the moment when they happen`() {
        let up = Self.stages.change(after: 2.5, above: 3, orDownTo: 2)
        #expect(up?.rises == true)
        #expect(up?.time == 3)
        let jump = Self.stages.change(after: 12, above: 10, orDownTo: 9)
        #expect(jump?.rises == false)
        #expect(jump?.time == 15)
        let down = Self.stages.change(after: 15, above: 2, orDownTo: 1)
        #expect(down?.rises == false)
        #expect(down?.time == 17)
        #expect(Self.stages.change(after: 19, above: 0, orDownTo: -1) == nil)
        #expect(Curve(constant: 3).change(after: 7, above: 2, orDownTo: 1)?.time == 7)
        #expect(Curve(constant: 3).change(after: 7, above: 3, orDownTo: 2) == nil)
    }
}
