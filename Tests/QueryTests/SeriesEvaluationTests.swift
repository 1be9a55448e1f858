import Base
import Telemetry
import Testing

@testable import Query

@Suite struct SeriesEvaluationTests {
    /// 120 requests and 30 errors in the first ten seconds, 50 without errors in the third ten.
    private func sample() -> Timeline {
        let timeline = Timeline()
        timeline.request(3, times: 90)
        timeline.request(4, status: 500, times: 30)
        timeline.request(25, times: 50)
        return timeline
    }

    @Test func `the share of good requests`() throws {
        let scope = "{service:ads,resource_name:get_/ads}"
        let query = "(sum:trace.flask.request.hits\(scope).as_count() - sum:trace.flask.request.errors\(scope).as_count()) / (sum:trace.flask.request.hits\(scope).as_count())"
        #expect(try sample().evaluate(query) == [[0: 0.75, 20: 1]])
    }

    @Test func `a service without errors has a share of one`() throws {
        let timeline = Timeline()
        timeline.request(3, times: 5)
        #expect(try timeline.evaluate("(sum:trace.flask.request.hits{*}.as_count() - sum:trace.flask.request.errors{*}.as_count()) / sum:trace.flask.request.hits{*}.as_count()") == [[0: 1]])
        // Without counting, a missing point is missing.
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*} - sum:trace.flask.request.errors{*}") == [])
    }

    @Test func `counts are summed in their interval, and rates divided by it`() throws {
        #expect(try sample().evaluate("sum:trace.flask.request.hits{*}.as_count().rollup(sum, 60)") == [[0: 170]])
        #expect(try sample().evaluate("sum:trace.flask.request.hits{*}.as_rate()") == [[0: 12, 20: 5]])
        #expect(try sample().evaluate("sum:trace.flask.request.errors{*}.as_rate().rollup(sum, 60)") == [[0: 0.5]])
    }

    @Test func `the total of durations divided by the hits is the mean`() throws {
        let timeline = Timeline()
        timeline.request(1, milliseconds: 10)
        timeline.request(12, milliseconds: 50)
        let mean = try #require(try timeline.evaluate("sum:trace.flask.request.duration{*}.rollup(sum, 60) / sum:trace.flask.request.hits{*}.as_count().rollup(sum, 60)").first?[0])
        #expect(abs(mean - 0.03) < 1e-9)
    }

    @Test func `percentiles are those of all values in the interval`() throws {
        let timeline = Timeline()
        for step in 1...100 { timeline.request(Double(step % 10), step % 2 == 0 ? "ads" : "store", milliseconds: Int64(step)) }
        for (name, exact) in [("p50", 0.050), ("p75", 0.075), ("p95", 0.095), ("p99", 0.099)] {
            let value = try #require(try timeline.evaluate("\(name):trace.flask.request{*}").first?[0])
            #expect(abs(value / exact - 1) < 0.03, "\(name)")
        }
        #expect(try timeline.evaluate("max:trace.flask.request{*}") == [[0: 0.1]])
        #expect(try timeline.evaluate("count:trace.flask.request{*} by {service}") == [[0: 50], [0: 50]])
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*}.as_count()") == [[0: 100]])
    }

    @Test func `a percentile needs a distribution`() throws {
        let error = try #require(throws: SeriesQueryError.self) { _ = try sample().evaluate("1 + p95:trace.flask.request.hits{*}") }
        #expect(error.message == "p95 needs a distribution, and trace.flask.request.hits is a count (line 1, column 5)")
    }

    @Test func `series are put together by the tags that are asked for`() throws {
        let timeline = Timeline()
        timeline.request(1, "store", "GET /", times: 3)
        timeline.request(1, "ads", "GET /ads", times: 2)
        timeline.request(1, "ads", "GET /banners", status: 500)
        let results = try timeline.results("sum:trace.flask.request.hits{*} by {service,env}.as_count()")
        #expect(results.series.map { $0.tags.map(\.text) } == [["service:ads", "env:shop"], ["service:store", "env:shop"]])
        #expect(results.series.map { $0.points.map(\.value) } == [[3], [3]])
        #expect(try timeline.evaluate("avg:trace.flask.request.hits{service:ads}") == [[0: 1.5]])
        #expect(try timeline.evaluate("min:trace.flask.request.hits{*}") == [[0: 1]])
        #expect(try timeline.evaluate("count:trace.flask.request.hits{*}") == [[0: 3]])
        let errors = "sum:trace.flask.request.errors{*} by {service}.as_count() / sum:trace.flask.request.hits{*} by {service}.as_count()"
        #expect(try timeline.evaluate(errors) == [[0: 1.0 / 3], [0: 0]])
        // One series without groups goes with each of the other side.
        let shares = try timeline.results("sum:trace.flask.request.hits{*} by {service}.as_count() / sum:trace.flask.request.hits{*}.as_count()")
        #expect(shares.series.map { $0.points.map(\.value) } == [[0.5], [0.5]] && shares.series[1].tags == [SeriesTag("service", "store")])
        #expect(try timeline.results("sum:trace.flask.request.hits{*} by {team}").series[0].tags == [SeriesTag("team", "N/A")])
    }

    @Test func `numbers go with every point, and dividing by zero gives none`() throws {
        #expect(try sample().evaluate("100 * sum:trace.flask.request.hits{*}.as_count() / 2 - 1") == [[0: 5_999, 20: 2_499]])
        #expect(try sample().evaluate("sum:trace.flask.request.hits{*}.as_count() / sum:trace.flask.request.errors{*}.as_count()") == [[0: 4]])
        #expect(try sample().evaluate("sum:trace.flask.request.hits{*} / 0") == [[:]])
    }

    @Test func `gauges are averaged in their interval and bridged between each other`() throws {
        let timeline = Timeline()
        for (second, value) in [(0, 2), (10, 4), (20, 6), (60, 8)] as [(Double, Double)] { timeline.gauge("used", value, at: second, labels: ["pool": "a"]) }
        #expect(try timeline.evaluate("avg:used{*}", to: 69) == [[0: 2, 10: 4, 50: 6, 60: 8]])
        #expect(try timeline.evaluate("avg:used{*}.rollup(avg, 20)", to: 69) == [[0: 3, 40: 6, 60: 8]])
        #expect(try timeline.evaluate("max:used{*}.rollup(max, 60)", to: 69) == [[0: 6, 60: 8]])
        // as_count and as_rate mean nothing to them.
        #expect(try timeline.evaluate("avg:used{*}.as_rate()", to: 69) == [[0: 2, 10: 4, 50: 6, 60: 8]])
    }

    @Test(arguments: [(nil, [1, 22, 3]), (.null, [1, 20, 3]), (.zero, [1, 20, 3])] as [(SeriesSource.Fill?, [Double])])
    func `where one gauge was not seen, another one's time takes a value between its neighbours`(fill: SeriesSource.Fill?, sums: [Double]) {
        func gauge(_ time: Int64, _ value: Double) -> MetricPoint { MetricPoint(start: time, value: .gauge(MetricPoint.Gauge(value))) }
        var source = SeriesSource(aggregation: .sum, metric: "used")
        source.fill = fill
        let rollup = SeriesRollup(source: source, kind: .gauge, interval: 10, starts: [0, 10, 20], end: 20)
        // Between 1 and 3 the first one is taken for 2, and the second one's neighbours are further apart than can be bridged.
        let joined = rollup.join([[gauge(0, 1), gauge(20, 3)], [gauge(-400, 5), gauge(10, 20)]])
        #expect(joined.map(\.value) == sums)
    }

    @Test func `gaps are filled as asked`() throws {
        let timeline = Timeline()
        timeline.request(5, times: 2)
        timeline.request(35, times: 8)
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*}.as_count().fill(zero)", to: 40) == [[0: 2, 10: 0, 20: 0, 30: 8, 40: 0]])
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*}.as_count().fill(linear)", to: 40) == [[0: 2, 10: 4, 20: 6, 30: 8]])
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*}.as_count().fill(last, 10)", to: 40) == [[0: 2, 10: 2, 30: 8, 40: 8]])
        #expect(try timeline.evaluate("sum:trace.flask.request.hits{*}.as_count().fill(null)", to: 40) == [[0: 2, 30: 8]])
    }

    @Test(arguments: [
        ("default_zero(H)", [[0: 2, 10: 0, 20: 4, 30: 0, 40: 1]]), ("cumsum(H)", [[0: 2, 20: 6, 40: 7]]), ("diff(H)", [[20: 2, 40: -3]]), ("monotonic_diff(H)", [[20: 2]]),
        ("derivative(H)", [[20: 0.1, 40: -0.15]]), ("per_second(H)", [[20: 0.1, 40: -0.15]]), ("per_minute(H)", [[20: 6, 40: -9]]), ("per_hour(H)", [[20: 360, 40: -540]]),
        ("dt(H)", [[20: 20, 40: 20]]), ("integral(H)", [[0: 0, 20: 80, 40: 100]]), ("abs(0 - H)", [[0: 2, 20: 4, 40: 1]]), ("log2(H)", [[0: 1, 20: 2, 40: 0]]),
        ("log10(H * 5)", [[0: 1, 20: 1.3010299956639813, 40: 0.6989700043360189]]), ("throughput(H)", [[0: 0.2, 20: 0.4, 40: 0.1]]), ("clamp_min(H, 2)", [[0: 2, 20: 4, 40: 2]]),
        ("clamp_max(H, 2)", [[0: 2, 20: 2, 40: 1]]), ("moving_rollup(H, 30, 'sum')", [[0: 2, 20: 6, 40: 5]]), ("moving_rollup(H, 30)", [[0: 2, 20: 3, 40: 2.5]]),
        ("count_nonzero(H - 2)", [[0: 0, 20: 1, 40: 1]]), ("count_not_null(H)", [[0: 1, 20: 1, 40: 1]]), ("default_zero(N)", []),
    ] as [(String, [[Int64: Double]])])
    func `functions`(text: String, expected: [[Int64: Double]]) throws {
        let timeline = Timeline()
        for (second, times) in [(1, 2), (21, 4), (41, 1)] as [(Double, Int)] { timeline.request(second, times: times) }
        let hits = "sum:trace.flask.request.hits{*}.as_count()"
        let query = text.replacing("H", with: hits).replacing("N", with: "sum:trace.flask.request.hits{service:none}.as_count()")
        let found = try timeline.evaluate(query, to: 40)
        #expect(found.count == expected.count)
        for (series, wanted) in zip(found, expected) {
            #expect(series.keys.sorted() == wanted.keys.sorted())
            for (time, value) in wanted { #expect(abs((series[time] ?? .nan) - value) < 1e-9, "\(time)") }
        }
    }

    @Test func `the past is shown where the present would be`() throws {
        let timeline = Timeline()
        timeline.request(5, times: 7)
        timeline.request(3_605, times: 2)
        let hits = "sum:trace.flask.request.hits{*}.as_count()"
        #expect(try timeline.evaluate("hour_before(\(hits))", from: 3_600, to: 3_700) == [[3_600: 7]])
        #expect(try timeline.evaluate("\(hits) / timeshift(\(hits), -3600)", from: 3_600, to: 3_700) == [[3_600: 2.0 / 7]])
    }

    @Test func `the first ones by rank`() throws {
        let timeline = Timeline()
        for (number, service) in ["a", "b", "c", "d", "e", "f"].enumerated() { timeline.request(1, service, times: number + 1) }
        func services(_ query: String) throws -> [String] { try timeline.results(query).series.map { $0.tags[0].value } }
        let hits = "sum:trace.flask.request.hits{*} by {service}.as_count()"
        #expect(try services("top(\(hits), 5, 'max', 'desc')") == ["f", "e", "d", "c", "b"])
        #expect(try services("top(\(hits), 5, 'sum', 'asc')") == ["a", "b", "c", "d", "e"])
        #expect(try services("top5_mean(\(hits))") == ["f", "e", "d", "c", "b"])
        #expect(try services("bottom5_last(\(hits))") == ["a", "b", "c", "d", "e"])
        #expect(try timeline.evaluate("count_not_null(\(hits))") == [[0: 6]])
    }

    @Test(arguments: [(300, 10), (3_500, 10), (3_600, 20), (14_400, 60), (86_400, 300), (172_800, 600), (604_800, 3_600), (2_592_000, 14_400)] as [(Int64, Int64)])
    func `the interval grows with the window`(length: Int64, interval: Int64) {
        #expect(QueryWindow(from: 1_641_343_852, to: 1_641_343_852 + length).interval == interval)
    }

    @Test func `intervals begin at multiples of their length, as in a recorded answer of Datadog's`() {
        let window = QueryWindow(from: 1_641_343_852, to: 1_641_430_252)
        let starts = window.starts(every: window.interval)
        #expect(starts.first == 1_641_344_100 && starts.last == 1_641_430_200 && starts.count == 288)
    }

    @Test func `an interval is not shorter than what is known`() throws {
        let timeline = Timeline()
        for hour in 0..<30 { for step in 0..<360 { timeline.request(Double(hour * 3_600 + step * 10) + 5) } }
        // The first hours are kept in longer stretches by now.
        let old = try timeline.results("sum:trace.flask.request.hits{*}.as_count().rollup(sum, 10)", from: 36_000, to: 39_599)
        #expect(old.interval == 300 && old.series[0].points.map(\.value) == [Double](repeating: 30, count: 12))
        let new = try timeline.results("sum:trace.flask.request.hits{*}.as_count()", from: 107_000, to: 107_999)
        #expect(new.interval == 10 && new.series[0].points.allSatisfy { $0.value == 1 } && new.series[0].points.count == 100)
    }

    @Test func `counters of services are queried by their tags`() throws {
        let timeline = Timeline()
        timeline.count("shop.orders", 3, at: 2, labels: ["service_name": "store", "kind": "gold"])
        timeline.count("shop.orders", 4, at: 15, labels: ["service_name": "store", "kind": "plain"])
        #expect(try timeline.evaluate("sum:shop.orders{service:store,env:shop}.as_count()") == [[0: 3, 10: 4]])
        #expect(try timeline.evaluate("sum:shop.orders{kind:gold}.as_count()") == [[0: 3]])
        #expect(try timeline.evaluate("sum:shop.unknown{*}.as_count()") == [])
    }
}
