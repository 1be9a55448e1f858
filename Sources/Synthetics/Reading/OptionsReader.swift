import Base
import HTTP

/// Reads `options`: what concerns running; schedules and monitors are Datadog's business.
struct OptionsReader {
    var retry = RetryRule()
    /// Nil when the definition says nothing about it.
    var executionRule: Check.ExecutionRule?
    var followsRedirects = false
    var allowsInsecure = false
    var acceptsSelfSigned = false
    var checksRevocation = false
    var version = HTTPVersionChoice.any

    private static let names = [
        "accept_self_signed", "allow_insecure", "checkCertificateRevocation", "ci", "device_ids", "disableAiaIntermediateFetching", "follow_redirects",
        "httpVersion", "ignore_certificate_validation", "min_failure_duration", "min_location_failed", "monitor_name", "monitor_options",
        "monitor_priority", "retry", "scheduling", "tick_every",
    ]

    init(_ definition: ObjectReader) {
        guard let reader = definition.object("options", what: "\"options\"", names: Self.names + BrowserOptionsReader.names, unknown: .refusedWhenNear) else { return }
        retry = RetryReader.read(reader)
        let ci = reader.object("ci", what: "\"ci\"", names: ["executionRule"], unknown: .refusedWhenNear)
        executionRule = ci?.choice("executionRule", Check.ExecutionRule.self)
        followsRedirects = reader.bool("follow_redirects") ?? false
        allowsInsecure = reader.bool("allow_insecure") ?? reader.bool("ignore_certificate_validation") ?? false
        acceptsSelfSigned = reader.bool("accept_self_signed") ?? false
        checksRevocation = reader.bool("checkCertificateRevocation") ?? false
        version = reader.choice("httpVersion", HTTPVersionChoice.self) ?? .any
    }
}
