import Base
import Testing

@testable import Objectives

@Suite struct ManifestTests {
    static let reliably = """
        apiVersion: reliably.com/v1
        kind: Objective
        metadata:
          labels:
            name: 99% of frontend responses over last 5 minutes are 2xx
            service: my-frontend-service
        spec:
          indicatorSelector:
            datadog_numerator_query: "sum:trace.starlette.request.hits{*}.as_count() - sum:trace.starlette.request.errors{*}.as_count()"
            datadog_denominator_query: "sum:trace.starlette.request.hits{*}.as_count()"
          objectivePercent: 99
          window: 5m0s
        """
    static let openSLO = """
        apiVersion: openslo/v1
        kind: Service
        metadata: {name: frontend}
        spec: {description: Storedog frontend}
        ---
        apiVersion: openslo/v1
        kind: DataSource
        metadata: {name: local-prom}
        spec: {type: Prometheus, connectionDetails: {url: "http://localhost:9090"}}
        ---
        apiVersion: openslo/v1
        kind: SLI
        metadata: {name: frontend-ok}
        spec:
          ratioMetric:
            counter: true
            good:  {metricSource: {metricSourceRef: local-prom, type: Prometheus, spec: {query: 'sum(http_requests_total{code!~"5.."})'}}}
            total: {metricSource: {metricSourceRef: local-prom, type: Prometheus, spec: {query: 'sum(http_requests_total)'}}}
        ---
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: frontend-availability, displayName: Frontend availability}
        spec:
          service: frontend
          indicatorRef: frontend-ok
          timeWindow: [{duration: 30d, isRolling: true}]
          budgetingMethod: Occurrences
          objectives: [{displayName: Availability, target: 0.99}]
          alertPolicies: [{alertPolicyRef: fast-burn}]
        ---
        apiVersion: openslo/v1
        kind: AlertPolicy
        metadata: {name: fast-burn}
        spec:
          alertWhenBreaching: true
          conditions: [{conditionRef: burn-14}]
          notificationTargets: [{targetRef: on-call}]
        ---
        apiVersion: openslo/v1
        kind: AlertCondition
        metadata: {name: burn-14}
        spec: {severity: page, condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}}
        ---
        apiVersion: openslo/v1
        kind: AlertNotificationTarget
        metadata: {name: on-call}
        spec: {target: email}
        """

    static func read(_ text: String) throws -> [Objective] { try Manifest.read([("m.yaml", Array(text.utf8))]) }

    @Test func `Reliably's manifest is read`() throws {
        let objective = try #require(try Self.read(Self.reliably).first)
        #expect(objective.name == "99% of frontend responses over last 5 minutes are 2xx")
        #expect(objective.service == "my-frontend-service")
        #expect(objective.targetPercent == 99)
        #expect(objective.window == .seconds(300))
        #expect(objective.category == .availability)
        guard case .datadog(let numerator, let denominator) = objective.indicator else { Issue.record("\(objective.indicator)"); return }
        #expect(numerator.hasPrefix("sum:trace.starlette.request.hits{*}.as_count() - "))
        #expect(denominator == "sum:trace.starlette.request.hits{*}.as_count()")
    }

    @Test func `OpenSLO's documents are put together by their names`() throws {
        let objective = try #require(try Self.read(Self.openSLO).first)
        #expect(objective.name == "Frontend availability")
        #expect(objective.service == "frontend")
        #expect(objective.targetPercent == 99)
        #expect(objective.window == .seconds(30 * 86_400))
        #expect(
            objective.indicator
                == .prometheus(
                    PrometheusRatio(
                        good: #"sum(http_requests_total{code!~"5.."})"#, total: "sum(http_requests_total)", isCounter: true, serverURL: "http://localhost:9090")))
        #expect(objective.alerts == [BurnRateAlert(name: "fast-burn", severity: "page", factor: 14.4, long: .seconds(3_600), short: .seconds(300))])
    }

    @Test func `both forms may stand in one stream`() throws {
        #expect(try Self.read(Self.openSLO + "\n---\n" + Self.reliably).map(\.service) == ["my-frontend-service", "frontend"])
    }

    @Test(arguments: [
        ("objectivePercent: 99", "objectivePercent: 0", "m.yaml:11:21: /spec/objectivePercent: \"objectivePercent\" must be above 0 and at most 100"),
        ("window: 5m0s", "window: soon", "m.yaml:12:11: /spec/window: \"window\" is \"soon\", which is no length of time such as 5m0s, 1h or 30d"),
        ("kind: Objective", "kind: Objectif", "m.yaml:2:7: /kind: \"kind\" is \"Objectif\"; did you mean \"Objective\"?"),
        ("reliably.com/v1", "reliably.com/v2", "m.yaml:1:13: /apiVersion: \"apiVersion\" is \"reliably.com/v2\"; did you mean \"reliably.com/v1\"?"),
        ("    name: 99%", "    nome: 99%", "m.yaml:5:5: /metadata/labels: \"name\" is missing"),
        ("apiVersion: reliably.com/v1\nkind: Objective", "services: []", "this manifest has the format of Reliably's first releases"),
    ])
    func `a mistake in Reliably's manifest is told with its place`(old: String, new: String, message: String) throws {
        try #require(Self.reliably.contains(old))
        let problems = #expect(throws: Problems.self) { try Self.read(Self.reliably.replacing(old, with: new)) }
        #expect(problems?.description.contains(message) == true, "\(problems?.description ?? "")")
    }

    @Test(arguments: [
        ("indicatorRef: frontend-ok", "indicatorRef: frontend-okay", "there is no SLI named \"frontend-okay\"; did you mean \"frontend-ok\"?"),
        ("target: 0.99}", "target: 99}", "\"target\" must be at least 0 and below 1"), ("conditionRef: burn-14", "conditionRef: burn", "there is no AlertCondition named \"burn\""),
        ("kind: DataSource", "kind: DataSauce", "\"kind\" is \"DataSauce\"; did you mean \"DataSource\"?"),
        ("timeWindow: [{duration: 30d, isRolling: true}]", "timeWindow: []", "\"timeWindow\" must have exactly one item"),
    ])
    func `a mistake in OpenSLO's documents is told`(old: String, new: String, message: String) throws {
        try #require(Self.openSLO.contains(old))
        let problems = #expect(throws: Problems.self) { try Self.read(Self.openSLO.replacing(old, with: new)) }
        #expect(problems?.description.contains(message) == true, "\(problems?.description ?? "")")
    }

    @Test(arguments: [
        ("5m0s", 300), ("1h0m0s", 3_600), ("24h0m0s", 86_400), ("1d", 86_400), ("30d", 2_592_000), ("1w", 604_800), ("PT1H", 3_600), ("P30D", 2_592_000),
        ("P1DT12H", 129_600), ("1.5h", 5_400), ("", nil), ("5", nil), ("m5", nil), ("P", nil), ("-1h", nil), ("0s", nil), ("9999999999Y", nil),
    ])
    func `windows are read in every spelling`(text: String, seconds: Int?) { #expect(WindowText.parse(text) == seconds.map { .seconds($0) }) }
}
