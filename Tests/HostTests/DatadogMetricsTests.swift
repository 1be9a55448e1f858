import Base
import Foundation
import HTTP
import Telemetry
import Testing

@testable import Host

/// What a host tells a DogStatsD server, and what its own metrics API answers.
@Suite struct DatadogMetricsTests {
    private static func configuration(_ folder: PackFolder, statsPort: Int, _ environment: [String: String] = [:]) -> HostConfiguration {
        folder.configuration(state: "broken") {
            $0.shops[0].pack = "storedog"
            $0.environment = [
                "DD_AGENT_HOST": "127.0.0.1", "DD_DOGSTATSD_PORT": "\(statsPort)", "DD_TRACE_ENABLED": "false", "DD_ENV": "workshop", "DD_SERVICE": "storedog", "DD_VERSION": "3",
            ].merging(environment) { $1 }
        }
    }

    @Test func `metrics, deployments and the state of services arrive over UDP`() throws {
        let listener = try DatagramListener()
        let folder = try PackFolder()
        try Guest.visit(Self.configuration(folder, statsPort: listener.port)) { guest in
            _ = try await guest.get("discounts-service", "/discount")
            _ = try await guest.get("store-frontend", "/cart")
            try await guest.setFault("ads-outage", true)
        }
        // A host that stops sends what is left.
        let lines = listener.received()
        #expect(lines.contains { $0.hasPrefix("http.server.request.duration:") && $0.contains("|d|#") && $0.contains("service:discounts-service,version:1.0,env:workshop") })
        #expect(lines.contains { $0.hasPrefix("db.client.connection.max:15|g|#") && $0.hasSuffix("env:workshop,service:storedog,version:3") })
        #expect(lines.contains { $0.hasPrefix("process.memory.usage:") && $0.contains("|g|") })
        #expect(lines.contains { $0.hasPrefix("trace.flask.request.hits:1|c|#") && $0.contains("resource_name:GET /discount") })
        #expect(lines.contains { $0.hasPrefix("trace.rack.request.errors:1|c|#") && $0.contains("service:store-frontend") })
        #expect(lines.contains { $0.hasPrefix("_sc|http.can_connect|2|") && $0.contains("service:advertisements-service") })
        #expect(lines.contains { $0.hasPrefix("_sc|http.can_connect|0|") && $0.contains("service:discounts-service") })
    }

    @Test func `a deployment is an event`() throws {
        let listener = try DatagramListener()
        let folder = try PackFolder()
        try Guest.visit(Self.configuration(folder, statsPort: listener.port)) { guest in
            let source = try await guest.command("GET", "/v1/source?service=discounts-service")["text"]?.text ?? ""
            try await guest.command(
                "POST", "/v1/deploy",
                .object(["service": "discounts-service", "file": "discounts-service.json", "text": .string(source), "version": "1.7", "title": "One query instead of many"]))
        }
        #expect(listener.received().contains {
            $0.hasPrefix("_e{25,35}:One query instead of many|deployment of discounts-service 1.7|d:") && $0.hasSuffix("|#service:discounts-service,event_kind:deployment,version:1.7,env:workshop")
        })
    }

    @Test(arguments: [(Instrumentation.none, false, false), (.infrastructure, true, false), (.full, true, true)])
    func `each level of instrumentation tells its share`(level: Instrumentation, tellsMetrics: Bool, tellsRequests: Bool) throws {
        let listener = try DatagramListener()
        let folder = try PackFolder()
        var configuration = Self.configuration(folder, statsPort: listener.port)
        configuration.instrumentation = level
        try Guest.visit(configuration) { guest in _ = try await guest.get("discounts-service", "/discount") }
        let lines = listener.received()
        #expect(lines.isEmpty != tellsMetrics)
        #expect(lines.contains { $0.hasPrefix("http.server.request.duration:") } == tellsMetrics)
        #expect(lines.contains { $0.hasPrefix("trace.") } == tellsRequests)
    }

    @Test func `a dead agent is counted and costs the shop nothing else`() throws {
        let folder = try PackFolder()
        let ports = try DatadogAgent.freePorts(2)
        let configuration = Self.configuration(folder, statsPort: ports[0], ["DD_TRACE_ENABLED": "true", "DD_TRACE_AGENT_PORT": "\(ports[1])"])
        try Guest.visit(configuration) { guest in
            func lost() async throws -> Double {
                let lines = try await guest.observe("/metrics").text.split(separator: "\n")
                return lines.first { $0.hasPrefix("datadog_tracer_dropped_spans_total{reason=\"agent_unreachable\"}") }?.split(separator: " ").last.flatMap { Double($0) } ?? 0
            }
            for _ in 0..<50 { #expect(try await guest.get("discounts-service", "/discount").status == 200) }
            let isCounted = try await guest.eventually { try await lost() > 0 }
            #expect(isCounted)
            #expect(try await guest.observe("/api/traces?service=discounts-service&limit=60").json["data"]?.elements?.count == 50)
        }
    }

    // MARK: Queries

    /// The expression of the article that this shop's metrics API is made for, with this shop's names.
    private static func successRatio(_ scope: String) -> String {
        "(sum:trace.rack.request.hits{\(scope)}.as_count() - sum:trace.rack.request.errors{\(scope)}.as_count()) / (sum:trace.rack.request.hits{\(scope)}.as_count())"
    }

    private static let curl = """
        curl --silent --show-error --get "$1/api/v1/query" \
            --header "Accept: application/json" --header "DD-API-KEY: ${DD_API_KEY-}" --header "DD-APPLICATION-KEY: ${DD_APP_KEY-}" \
            --data-urlencode "from=$(($(date +%s) - 300))" --data-urlencode "to=$(($(date +%s) + 1))" --data-urlencode "query=$2"
        """

    @Test func `curl asks for the share of good requests`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration(state: "broken") { $0.shops[0].pack = "storedog" }
        try Guest.visit(configuration) { guest in
            for path in ["/cart", "/cart", "/discounts", "/cart"] { _ = try await guest.get("store-frontend", path) }
            let url = await guest.host.observabilityURL
            let answer = try Value.parse(json: try Self.run(["bash", "-c", Self.curl, "curl", url, Self.successRatio("service:store-frontend,resource_name:spree::orderscontroller_edit")]))
            #expect(answer["status"] == "ok")
            #expect(answer["series"]?["0"]?["pointlist"]?.elements?.map { $0["1"]?.number } == [0])
            let all = try Value.parse(json: try Self.run(["bash", "-c", Self.curl, "curl", url, "sum:trace.rack.request.hits{*}.as_count().rollup(sum, 300)"]))
            #expect(all["series"]?.elements?.first?["pointlist"]?.elements?.compactMap { $0["1"]?.number }.reduce(0, +) == 4)
        }
    }

    /// The probe of the Chaos Toolkit's Datadog extension, which uses Datadog's own API client.
    private static let probe = """
        import sys
        from chaosdatadog.metrics.probes import get_metrics_state
        from chaoslib.exceptions import ActivityFailed
        def ask(query, comparison, threshold):
            try:
                return get_metrics_state(query, comparison, threshold, minutes_before=5,
                    configuration={"datadog_host": sys.argv[1]}, secrets={"api_key": "any", "app_key": "any"})
            except ActivityFailed as failure:
                return failure
        print(ask("cumsum(sum:trace.rack.request.errors{service:store-frontend}.as_count())", "<", 3))
        print(ask("cumsum(sum:trace.rack.request.errors{service:store-frontend}.as_count())", "<", 2))
        print(ask("sum:trace.flask.request.errors{*}.as_count()", "==", 0))
        print(ask("sum:trace.no.request.hits{*}.as_count()", "==", 0))
        """

    @Test(.enabled(if: hasProbe, "the Python package chaostoolkit-datadog is not installed"))
    func `Datadog's client reads the answers`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration(state: "broken") { $0.shops[0].pack = "storedog" }
        try Guest.visit(configuration) { guest in
            for path in ["/cart", "/cart"] { _ = try await guest.get("store-frontend", path) }
            _ = try await guest.get("discounts-service", "/discount")
            let url = await guest.host.observabilityURL
            let said = String(decoding: try Self.run(["python3", "-c", Self.probe, url]), as: UTF8.self)
            #expect(said == "True\nFalse\nTrue\nThe metric name doesn't exist !\n")
        }
    }

    private static let hasProbe = (try? run(["python3", "-c", "import chaosdatadog.metrics.probes; print(1)"])) == Array("1\n".utf8)

    private static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return bytes
    }
}
