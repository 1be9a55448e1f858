import Base
import Testing

@testable import Load

@Suite struct ReplayPacerTests {
    private static func offsets(_ pacer: ReplayPacer, _ milliseconds: [Int64]) -> [Duration] {
        var pacer = pacer
        return milliseconds.map { pacer.offset(of: Timestamp(nanoseconds: $0 * 1_000_000)) }
    }

    @Test(arguments: [
        (1.0, nil, [5_000, 5_250, 6_000], [0, 250, 1_000]), (2.0, nil, [0, 500, 1_000], [0, 250, 500]), (0.5, nil, [0, 500], [0, 1_000]),
        (nil, nil, [0, 500, 90_000], [0, 0, 0]),
        // The wait is cut after the division.
        (2.0, 100, [0, 100, 1_000, 1_100], [0, 50, 150, 200]),
        // A record that is too old waits for nothing and leaves the reference where it was.
        (1.0, nil, [1_000, 2_000, 1_500, 2_500], [0, 1_000, 1_000, 1_500]),
    ] as [(Double?, Int64?, [Int64], [Int64])])
    func `records are due at the recorded gaps divided by the speed`(speed: Double?, longestWait: Int64?, times: [Int64], due: [Int64]) {
        let pacer = ReplayPacer(speed: speed, longestWait: longestWait.map { .milliseconds($0) })
        #expect(Self.offsets(pacer, times) == due.map { .milliseconds($0) })
    }

    @Test func `a recording that begins anew is due with the last record of the pass before`() {
        var pacer = ReplayPacer()
        let times = [0, 400, 1_000].map { Timestamp(nanoseconds: $0 * 1_000_000) }
        _ = times.map { pacer.offset(of: $0) }
        pacer.restart()
        #expect(times.map { pacer.offset(of: $0) } == [.milliseconds(1_000), .milliseconds(1_400), .milliseconds(2_000)])
    }

    @Test func `times at the ends of their range do not overflow`() {
        #expect(Self.offsets(ReplayPacer(speed: 0.001), [0, 9_000_000_000_000]).last! >= .seconds(9_000_000_000))
    }

    @Test func `a limit of requests a second drops what comes beyond it`() {
        var limit = RateLimit(perSecond: 2)
        let admitted = [0, 10, 20, 900, 1_001, 1_002, 1_003].filter { limit.admits(at: Timestamp(nanoseconds: $0 * 1_000_000)) }
        #expect(admitted == [0, 10, 1_001, 1_002])
    }
}
