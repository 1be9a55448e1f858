import Base
import Testing

@testable import Load

@Suite struct ThresholdTests {
    @Test(arguments: [
        ("http_req_duration: p(95)<500", "http_req_duration", "p(95)<500"), ("http_req_duration{name:home}: avg <= 12.5", "http_req_duration{name:home}", "avg<=12.5"),
        ("http_reqs{name:a:b, method:GET}:count>10", "http_reqs{name:a:b,method:GET}", "count>10"), ("http_req_failed: rate===0", "http_req_failed", "rate===0"),
        ("vus_max: value != 3", "vus_max", "value!=3"),
    ])
    func `a threshold is read`(text: String, metric: String, expression: String) throws {
        let threshold = try Threshold(text)
        #expect(threshold.metricText == metric)
        #expect(threshold.expression == expression)
    }

    @Test(arguments: [
        ("p(95)<500", "a threshold is a metric, a colon and a limit: http_req_duration: p(95)<500"),
        ("http_req_durations: p(95)<500", "no metric is named \"http_req_durations\"; did you mean \"http_req_duration\"?"),
        ("http_req_duration: p95<500", "http_req_duration has no \"p95\"; known: \"avg\", \"max\", \"med\", \"min\", \"p(N)\""),
        ("http_req_failed: p(95)<1", "http_req_failed has no \"p(95)\"; known: \"rate\""), ("http_req_duration: p(101)<1", "http_req_duration has no \"p(101)\"; did you mean \"p(N)\"?"),
        ("http_req_duration: p(95)", "\"p(95)\" compares nothing; write, for example, p(95)<500"), ("http_req_duration: p(95)<fast", "\"fast\" is not a number"),
        ("http_req_duration{page:home}: avg<1", "no tag is named \"page\"; did you mean \"name\"?"), ("http_req_duration{home}: avg<1", "a tag is NAME:VALUE, not \"home\""),
        ("iterations{name:home}: count>1", "iterations has no tags"),
    ])
    func `what is no threshold is told why`(text: String, message: String) {
        let error = #expect(throws: ThresholdError.self) { try Threshold(text) }
        #expect(error?.description == message)
    }

    private static let two = journey(#"{ "request": "GET /a", "name": "a" }, { "request": "POST /b", "name": "b" }"#)

    /// `a` takes 10 ms; `b` takes 200 ms and fails half of the time.
    private static func results(_ thresholds: [String]) throws -> [ThresholdResult] {
        let profile = LoadProfile(.closed(users: Curve(constant: 2)), iterationsPerUser: 50)
        return try simulate(two, profile, thresholds: thresholds.map { try Threshold($0) }) { request, number in
            request.method == "GET" ? .ok("12345") : .ok(status: number % 4 < 2 ? 200 : 500, after: .milliseconds(200))
        }.statistics.thresholdResults
    }

    @Test(arguments: [
        ("http_req_duration: p(40)<11", true), ("http_req_duration: p(60)<11", false), ("http_req_duration{name:a}: max<=10", true),
        ("http_req_duration{name:b}: min>=200", true), ("http_req_duration{method:POST}: med<200", false), ("http_req_duration{status:500}: avg>=200", true),
        ("http_req_duration{expected_response:true}: p(50)<11", true), ("http_req_failed: rate<0.26", true), ("http_req_failed: rate<0.25", false),
        ("http_req_failed{name:a}: rate==0", true), ("http_req_failed{name:b}: rate<0.4", false), ("http_reqs: count==200", true), ("http_reqs{name:b}: count==100", true),
        ("http_reqs: rate>19", true), ("iterations: count==100", true), ("iteration_duration: max<=210", true), ("iteration_duration: p(1)<200", false),
        ("data_received: count==500", true), ("vus: value==0", true), ("vus_max: value==2", true),
    ])
    func `a threshold holds or not`(text: String, passes: Bool) throws {
        let result = try #require(try Self.results([text]).first)
        #expect(result.passed == passes, "\(result.value)")
    }

    @Test func `the report groups thresholds by metric and names those that were crossed`() throws {
        let report = ThresholdReport(
            try Self.results(["http_req_duration{name:b}: p(95)<150", "http_req_failed: rate<0.01", "http_req_duration{name:b}: max<1000", "http_reqs: count>1"]))
        #expect(
            report.text == """

                  █ THRESHOLDS\u{20}

                    http_req_duration{name:b}
                    ✗ 'p(95)<150' p(95)=200ms
                    ✓ 'max<1000' max=200ms

                    http_req_failed
                    ✗ 'rate<0.01' rate=25%

                    http_reqs
                    ✓ 'count>1' count=200


                """)
        #expect(report.complaint == "thresholds on metrics 'http_req_duration{name:b}, http_req_failed' have been crossed")
        #expect(report.hasCrossed)
    }

    @Test(arguments: [(0, "0s"), (0.0000155, "15.5ns"), (0.0125, "12.5µs"), (37.0349, "37.03ms"), (1_019, "1.01s"), (65_400, "1m5s"), (3_725_000, "1h2m5s")])
    func `times are written as k6 writes them`(milliseconds: Double, text: String) { #expect(K6Text.duration(milliseconds: milliseconds) == text) }

    @Test func `thresholds of a journey count as well`() throws {
        let json = journey(#"{ "request": "GET /" }"#, more: #""thresholds": { "http_reqs": ["count>5", "count<5"] },"#)
        #expect(try simulate(json).statistics.thresholdResults.map(\.passed) == [false, true])
    }
}
