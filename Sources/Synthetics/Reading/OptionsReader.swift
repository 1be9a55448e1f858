import Base

/// Reads `options`: what concerns running; schedules and monitors are Datadog's business.
struct OptionsReader {
    let retry: RetryRule
    let executionRule: Check.ExecutionRule
    let followsRedirects: Bool
    let allowsInsecure: Bool

    private static let names = [
        "accept_self_signed", "allow_insecure", "checkCertificateRevocation", "ci", "device_ids", "follow_redirects", "httpVersion",
        "ignore_certificate_validation", "min_failure_duration", "min_location_failed", "monitor_name", "monitor_options", "monitor_priority",
        "retry", "scheduling", "tick_every",
    ]

    init(_ definition: ObjectReader) {
        guard let reader = definition.object("options", what: "\"options\"", names: Self.names + BrowserOptionsReader.names, unknown: .refusedWhenNear) else {
            (retry, executionRule, followsRedirects, allowsInsecure) = (RetryRule(), .blocking, false, false)
            return
        }
        retry = RetryReader.read(reader)
        let ci = reader.object("ci", what: "\"ci\"", names: ["executionRule"], unknown: .refusedWhenNear)
        executionRule = ci?.choice("executionRule", Check.ExecutionRule.self) ?? .blocking
        followsRedirects = reader.bool("follow_redirects") ?? false
        allowsInsecure = reader.bool("allow_insecure") ?? reader.bool("ignore_certificate_validation") ?? false
    }
}
