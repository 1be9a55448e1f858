import Base
import HTTP
import Testing

@testable import Objectives

@Suite struct BudgetTests {
    @Test(arguments: [(99.9, "43m12s"), (99.0, "7h12m0s"), (99.99, "4m19s")]) func `thirty days allow so much downtime`(target: Double, downtime: String) {
        let budget = ErrorBudget(targetPercent: target, errorRatio: 0, window: .seconds(30 * 86_400))
        #expect(WindowText.go(budget.allowedDowntime) == downtime)
    }

    @Test func `nine percent of errors burn a budget of one percent nine times as fast`() throws {
        let budget = ErrorBudget(targetPercent: 99, errorRatio: 0.09, window: .seconds(3_600))
        #expect(abs(budget.burnRate - 9) < 1e-9)
        #expect(abs(budget.remaining + 8) < 1e-9)
        #expect(WindowText.go(try #require(budget.timeToExhaustion)) == "6m40s")
        #expect(ErrorBudget(targetPercent: 100, errorRatio: 0.1, window: .seconds(60)).burnRate == .infinity)
        #expect(ErrorBudget(targetPercent: 99, errorRatio: 0, window: .seconds(60)).timeToExhaustion == nil)
    }

    @Test func `the standard alerts are the workbook's shares of thirty days`() {
        let shares = BurnRateAlert.standard.map { $0.factor * Double($0.long.nanoseconds) / (30 * 86_400e9) }
        for (share, expected) in zip(shares, [0.02, 0.05, 0.1, 0.1]) { #expect(abs(share - expected) < 1e-9) }
        #expect(BurnRateAlert.standard.allSatisfy { $0.short.nanoseconds * 12 == $0.long.nanoseconds })
    }

    @Test func `a point without a numerator is all bad, and one without events does not count`() {
        let measured = DatadogSource.ratio(good: [1_000: 90, 3_000: 10], total: [1_000: 100, 2_000: 50, 3_000: 10, 4_000: 0])
        #expect(measured == Measurement(goodPercent: 100 * (0.9 + 0 + 1) / 3, good: 100, total: 160))
        #expect(DatadogSource.ratio(good: [:], total: [1_000: 0]).goodPercent == nil)
    }

    /// Answers Datadog queries by what they hold.
    static func reporter(_ points: [String: String], status: Int = 200) -> ObjectiveReporter {
        let send: RequestSender = { request in
            let query = RequestTarget(request.url).query["query"] ?? ""
            let list = points.first { query.contains($0.key) }?.value
            let series = list.map { #"[{"pointlist":\#($0)}]"# } ?? "[]"
            let body = status == 200 ? #"{"status":"ok","series":\#(series)}"# : #"{"errors":["Forbidden"]}"#
            return ClientResponse(
                status: status, httpVersion: "1.1", headers: [:], body: Array(body.utf8), timings: ClientResponse.Timings(), effectiveURL: request.url, remoteAddress: "")
        }
        return ObjectiveReporter(datadog: DatadogSource(baseURL: "http://shop", send: send), prometheus: PrometheusSource(serverURL: nil, send: send))
    }

    static func report(_ points: [String: String], status: Int = 200, history: ReportHistory = ReportHistory(), _ change: (inout Objective) -> Void = { _ in }) async throws -> ObjectiveReport {
        var objective = try ManifestTests.read(ManifestTests.reliably)[0]
        objective.name = "99% availability"
        objective.service = "http-api"
        objective.indicator = .datadog(numerator: "good", denominator: "all")
        objective.labels = [("category", "availability")]
        change(&objective)
        let time = Timestamp(nanoseconds: 1_700_000_300_000_000_000)
        return await reporter(points, status: status).report([objective], at: time, history: history)
    }

    static let ninetyOne = ["good": "[[1700000000000,910]]", "all": "[[1700000000000,1000]]"]

    @Test func `a missed objective is written as the original's table writes it`() async throws {
        let report = try await Self.report(Self.ninetyOne) { $0.stake = Stake(events: "orders", value: 54.97, currency: "USD") }
        #expect(
            ReportFormat.table.write(report, usesColour: false) == """
                                       Current  Objective  / Time Window  Type          Trend
                  Service #1: http-api
                  ❌ 99% availability  91.00%   99%        /  5m0s        Availability  ✕
                     Of 1,000 orders in 5m0s the budget allows 10 to fail; 90 did, 80 more than allowed: 4,947.30 USD lost of 549.70 USD at stake.

                """)
        #expect(!report.isMet)
        let text = ReportFormat.text.write(report, usesColour: false)
        #expect(text.hasPrefix("Service #1: http-api\n✕ 99% availability: 91.00% [objective: 99% / 5m0s, delta: -8.00%, type: Availability]\n"))
        let data = try Value.parse(json: ReportFormat.json.write(report, usesColour: false).utf8)
        let level = data["services"]?["0"]?["service_levels"]?["0"]
        #expect(level?["result"]?["slo_is_met"] == false)
        #expect(level?["period"] == "PT5M")
        #expect(level?["error_budget"]?["burn_rate"]?.number == 9)
        #expect(ReportFormat.markdown.write(report, usesColour: false).contains("| Availability | 99% availability | 1 | 5m0s | 3s | 27s | -800.00% |"))
        #expect(try YAMLTests.one(ReportFormat.yaml.write(report, usesColour: false)) == data)
    }

    @Test func `results make a trend of at most five`() async throws {
        var history = ReportHistory()
        for _ in 0..<7 { history.add(try await Self.report(["good": "[[1,1]]", "all": "[[1,1]]"], history: history)) }
        history = ReportHistory(json: history.json)
        let report = try await Self.report(Self.ninetyOne, history: history)
        #expect(report.results[0].trend == [true, true, true, true, false])
    }

    @Test func `without data it says why, and nothing counts as met`() async throws {
        let silent = try await Self.report([:])
        #expect(silent.results[0].measurement.reason == "there were no events in this window")
        #expect(silent.results[0].trend == [])
        #expect(!silent.isMet)
        let refused = try await Self.report([:], status: 403)
        #expect(refused.results[0].measurement.reason == "http://shop answered 403: Forbidden")
        #expect(ReportFormat.table.write(refused, usesColour: false).contains("❔ 99% availability"))
    }

    @Test func `an alert fires when both of its windows burn too fast`() async throws {
        let alert = BurnRateAlert(name: "fast", severity: "page", factor: 8, long: .seconds(3_600), short: .seconds(300))
        #expect(try await Self.report(Self.ninetyOne) { $0.alerts = [alert] }.results[0].firing == [alert])
        #expect(try await Self.report(Self.ninetyOne) { $0.alerts = [BurnRateAlert(name: "x", severity: "page", factor: 10, long: .seconds(60), short: .seconds(5))] }.results[0].firing == [])
    }
}
