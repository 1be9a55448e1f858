import HTTP
import Testing

@testable import Export

@Suite struct OTLPConfigurationTests {
    private func parse(_ environment: [String: String]) -> OTLPConfiguration? { OTLPConfiguration.parse(environment).configuration }

    @Test(arguments: [
        [:], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""], ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "TRUE"],
        ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"],
    ])
    func `nothing is exported unless asked for`(environment: [String: String]) {
        #expect(parse(environment) == nil)
    }

    @Test(arguments: [
        (["OTEL_TRACES_EXPORTER": "otlp"], "http://localhost:4318/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"], "http://c:4318/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"], "http://c:4318/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "https://c/otlp"], "https://c/otlp/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t:1/x"], "http://t:1/x"),
        (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t:1"], "http://t:1/"),
    ] as [([String: String], String)])
    func `endpoints`(environment: [String: String], url: String) {
        #expect(parse(environment)?.url == url)
    }

    @Test func `all settings are read, those for traces first`() {
        let configuration = parse([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x=y=z", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json", "OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_MAX_QUEUE_SIZE": "64", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "512",
        ])
        let headers = [Headers.Field(name: "api-key", value: "a b"), Headers.Field(name: "x", value: "y=z")]
        #expect(
            configuration
                == OTLPConfiguration(
                    url: "http://c:4318/v1/traces", headers: headers, encoding: .json, timeout: .milliseconds(2_500), scheduleDelay: .milliseconds(100),
                    queueLimit: 64, batchLimit: 64))
    }

    @Test func `what cannot be used is named and its default holds`() {
        let (configuration, warnings) = OTLPConfiguration.parse([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "soon", "OTEL_EXPORTER_OTLP_HEADERS": "secret",
        ])
        #expect(configuration == OTLPConfiguration(url: "http://c:4318/v1/traces"))
        #expect(warnings.count == 4)
        #expect(!warnings.joined().contains("secret"))
    }
}
