import Base
import HTTP
import Testing

@testable import Load

@Suite struct StatisticsTests {
    @Test func `quantiles are known to within a 256th`() {
        var random = SeededRandom(seed: 3)
        var histogram = Histogram()
        var exact: [Int64] = []
        for _ in 0..<20_000 {
            let microseconds = Int64.random(in: 0...Int64.random(in: 1...60_000_000, using: &random), using: &random)
            exact.append(microseconds)
            histogram.record(.microseconds(microseconds))
        }
        exact.sort()
        for fraction in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999] {
            let wanted = Double(exact[Int((fraction * Double(exact.count)).rounded(.up)) - 1])
            let found = Double(histogram.quantile(fraction).nanoseconds) / 1_000
            #expect(abs(found - wanted) <= wanted / 256 + 1, "\(fraction): \(found) for \(wanted)")
        }
        #expect(histogram.quantile(0) == .microseconds(exact[0]) && histogram.least == .microseconds(exact[0]))
        #expect(histogram.quantile(1) == .microseconds(exact.last!) && histogram.greatest == .microseconds(exact.last!))
        #expect(abs(histogram.mean.milliseconds - Double(exact.reduce(0, +)) / Double(exact.count) / 1_000) < 0.001)
    }

    @Test func `merged histograms are the histogram of all values`() {
        var (left, right, both) = (Histogram(), Histogram(), Histogram())
        for value in stride(from: Int64(1), to: 5_000_000, by: 4_999) {
            if value.isMultiple(of: 2) { left.record(.microseconds(value)) } else { right.record(.microseconds(value)) }
            both.record(.microseconds(value))
        }
        left.merge(right)
        left.merge(Histogram())
        #expect(left == both)
        #expect(Histogram().quantile(0.5) == .zero && Histogram().text == "")
    }

    @Test func `requests are counted by status, reason and group`() {
        var statistics = GroupedStatistics(groupLimit: 2)
        for (group, status) in [("a", 200), ("a", 500), ("b", 200), ("c", 200), ("d", 404)] { statistics.record(group: group, status: status, after: .milliseconds(2), bodyBytes: 10) }
        statistics.record(group: "a", ClientError.connectionReset)
        #expect(statistics.total.statuses == [200: 3, 404: 1, 500: 1])
        #expect(statistics.total.statusText == "3 x 200, 1 x 404, 1 x 500")
        #expect(statistics.total.errors == ["the connection was reset": 1])
        #expect(statistics.total.requests == 6 && statistics.total.responses == 5 && statistics.total.bodyBytes == 50)
        #expect(statistics.groups.mapValues(\.requests) == ["a": 3, "b": 1, GroupedStatistics.otherGroups: 2])
    }

    @Test(arguments: [
        ("30s", 30_000), ("1h30m", 5_400_000), ("2.5s", 2_500), ("250ms", 250), ("20", 20_000), ("1m2s3ms", 62_003), ("1d", 86_400_000), ("", nil), ("x", nil),
        ("5x", nil), ("1h20", nil), ("s", nil), ("-1s", nil), ("99999999d", nil), ("1.2.3s", nil),
    ] as [(String, Int64?)])
    func `lengths of time are read as people type them`(text: String, milliseconds: Int64?) {
        #expect(Duration(text: text) == milliseconds.map { .milliseconds($0) })
    }

    @Test(arguments: [
        (412_000, "0.412 ms"), (12_500_000, "12.5 ms"), (2_503_000_000, "2.503 s"), (518_564_000_000, "8 min 38.6 s"), (7_500_000_000_000, "2 h 5 min"), (0, "0 ms"),
        (1_000_000, "1 ms"),
    ] as [(Int64, String)])
    func `lengths of time are printed briefly`(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).brief == text)
    }

    @Test(arguments: [
        (229_816_528_000, "3m49.816528s"), (3_950_000, "3.95ms"), (1_200_000_000, "1.2s"), (137_000, "137µs"), (0, "0s"), (3_600_000_000_000, "1h0m0s"),
    ] as [(Int64, String)])
    func `the dry run prints lengths of time as Go does`(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).goText == text)
    }

    @Test(arguments: [("32mb", 32 << 20), ("500KB", 500 << 10), ("7", 7), ("1gb", 1 << 30), ("mb", nil), ("1m", nil), ("-1", nil), ("9999999999tb", nil)] as [(String, Int?)])
    func `sizes are read as the original reads them`(text: String, bytes: Int?) {
        #expect(ByteSize.parse(text) == bytes)
    }
}
