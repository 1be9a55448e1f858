import Base
import Telemetry
import Testing

@testable import Export

@Suite struct DatadogConfigurationTests {
    private func parse(_ environment: [String: String]) -> DatadogConfiguration? { DatadogConfiguration.parse(environment).configuration }

    @Test(arguments: [[:], ["DD_AGENT_HOST": ""], ["DD_ENV": "shop", "DD_SERVICE": "store"], ["DD_TRACE_AGENT_PORT": "8126"]])
    func `nothing is sent unless an agent is named`(environment: [String: String]) {
        #expect(parse(environment) == nil)
    }

    @Test(arguments: [
        (["DD_AGENT_HOST": "agent"], "http://agent:8126", nil), (["DD_AGENT_HOST": "agent", "DD_TRACE_AGENT_PORT": "9126"], "http://agent:9126", nil),
        (["DD_AGENT_HOST": "::1"], "http://[::1]:8126", nil), (["DD_TRACE_AGENT_URL": "http://other:1/"], "http://other:1", nil),
        (["DD_AGENT_HOST": "agent", "DD_TRACE_AGENT_URL": "https://other:1"], "https://other:1", nil),
        (["DD_TRACE_AGENT_URL": "unix:///var/run/datadog/apm.socket"], "http://localhost", "/var/run/datadog/apm.socket"),
    ] as [([String: String], String, String?)])
    func `where traces go`(environment: [String: String], url: String, socket: String?) {
        #expect(parse(environment)?.traces?.url == url)
        #expect(parse(environment)?.traces?.socket == socket)
    }

    @Test(arguments: [
        (["DD_AGENT_HOST": "agent"], .host("agent", port: 8125)), (["DD_AGENT_HOST": "agent", "DD_DOGSTATSD_PORT": "9125"], .host("agent", port: 9125)),
        (["DD_AGENT_HOST": "agent", "DD_DOGSTATSD_HOST": "other"], .host("other", port: 8125)), (["DD_DOGSTATSD_URL": "udp://other:1"], .host("other", port: 1)),
        (["DD_DOGSTATSD_URL": "udp://[::1]:1"], .host("::1", port: 1)), (["DD_DOGSTATSD_URL": "udp://other"], .host("other", port: 8125)),
        (["DD_DOGSTATSD_URL": "unix:///var/run/datadog/dsd.socket"], .unix(path: "/var/run/datadog/dsd.socket")),
        (["DD_TRACE_AGENT_URL": "http://agent:8126"], nil),
    ] as [([String: String], DatagramTarget?)])
    func `where metrics go`(environment: [String: String], target: DatagramTarget?) {
        #expect(parse(environment)?.metrics?.target == target)
    }

    @Test(arguments: ["false", "0", "False"]) func `traces can be switched off alone`(value: String) {
        let configuration = parse(["DD_AGENT_HOST": "agent", "DD_TRACE_ENABLED": value])
        #expect(configuration?.traces == nil && configuration?.metrics != nil)
    }

    @Test func `unified tags are read`() {
        let configuration = parse(["DD_AGENT_HOST": "agent", "DD_SERVICE": "store", "DD_VERSION": "2.1", "DD_TAGS": "team:web, region:eu:1"])
        #expect(configuration?.service == "store" && configuration?.version == "2.1")
        #expect(configuration?.tags == [Attribute("team", "web"), Attribute("region", "eu:1")])
        #expect(parse(["DD_AGENT_HOST": "agent", "DD_TAGS": "a:1 b:2"])?.tags == [Attribute("a", "1"), Attribute("b", "2")])
    }

    @Test(arguments: [
        (["DD_TRACE_AGENT_PORT": "many"], "DD_TRACE_AGENT_PORT"), (["DD_TRACE_AGENT_URL": "agent:8126"], "DD_TRACE_AGENT_URL"),
        (["DD_DOGSTATSD_URL": "http://agent:8125"], "DD_DOGSTATSD_URL"), (["DD_DOGSTATSD_PORT": "0"], "DD_DOGSTATSD_PORT"),
        (["DD_TRACE_AGENT_TIMEOUT_SECONDS": "-1"], "DD_TRACE_AGENT_TIMEOUT_SECONDS"), (["DD_TAGS": "team"], "DD_TAGS"),
    ] as [([String: String], String)])
    func `what cannot be used is named and its default holds`(environment: [String: String], name: String) {
        let (configuration, warnings) = DatadogConfiguration.parse(environment.merging(["DD_AGENT_HOST": "agent"]) { $1 })
        #expect(configuration == parse(["DD_AGENT_HOST": "agent"]))
        #expect(warnings.count == 1 && warnings[0].contains(name))
    }

    @Test func `a URL that cannot be used names no agent`() {
        #expect(parse(["DD_TRACE_AGENT_URL": "agent:8126"]) == nil)
        #expect(DatadogConfiguration.parse(["DD_TRACE_AGENT_URL": "agent:8126"]).warnings.first?.contains("no traces are sent") == true)
    }
}
