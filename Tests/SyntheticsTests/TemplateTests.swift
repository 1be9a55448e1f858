import Base
import Testing

@testable import Synthetics

@Suite struct TemplateTests {
    @Test(arguments: [
        ("", ""), ("plain {x}", "plain {x}"), ("{{ A }}", "<A>"), ("{{A}}/{{  B }}", "<A>/<B>"), ("{{{A}}}", "{<A>}"), ("{{ A", "{{ A"),
        (#"{"a":{"b":{}}}"#, #"{"a":{"b":{}}}"#), ("{{ A } }}", "{{ A } }}"), ("{{ {{ A }}", "{{ <A>"),
    ])
    func `places are filled, other braces stay`(text: String, filled: String) {
        #expect(Template.fill(text) { "<\($0)>" } == filled)
    }

    static func scope(_ sources: VariableSources, _ variables: [ConfigVariable] = []) throws -> VariableScope {
        var random = SeededRandom(seed: 7)
        // 2026-01-31 08:49:37.123 UTC.
        var scope = VariableScope(sources, start: Timestamp(nanoseconds: 1_769_849_377_123_000_000), identity: ["public-id": "abc-def-ghi"])
        try scope.define(variables, random: &random)
        return scope
    }

    @Test func `the nearest source wins`() throws {
        let variable = [ConfigVariable(name: "V", pattern: "check")]
        let all = VariableSources(overrides: ["V": "user"], given: ["V": "runner"], environment: ["V": "environment"])
        #expect(try Self.scope(all, variable).expand("{{ V }}") == "user")
        var scope = try Self.scope(VariableSources(given: all.given, environment: all.environment), variable)
        #expect(try scope.expand("{{ V }}") == "check")
        scope.set("V", "step", isSecret: false)
        #expect(try scope.expand("{{ V }}") == "step")
        #expect(try Self.scope(VariableSources(given: all.given, environment: all.environment)).expand("{{ V }}") == "runner")
        #expect(try Self.scope(VariableSources(environment: all.environment)).expand("{{ V }}") == "environment")
    }

    @Test func `a name without a value is named with the nearest one`() throws {
        let scope = try Self.scope(VariableSources(given: ["FRONTEND_URL": "u"]))
        let message = #"no value for {{ FRONTED_URL }}; did you mean "FRONTEND_URL"? Or give one with --variable FRONTED_URL=VALUE"#
        #expect(throws: CheckFailure(.invalidTest, message)) { try scope.expand("{{ FRONTED_URL }}/x") }
    }

    @Test func `generators give what their name says`() throws {
        let scope = try Self.scope(
            VariableSources(),
            [
                ConfigVariable(name: "N", pattern: "a{{ numeric(16) }}"), ConfigVariable(name: "L", pattern: "{{ alphabetic(3) }}"),
                ConfigVariable(name: "U", pattern: "{{ uuid }}"),
            ])
        #expect(try CheckPattern("^a[0-9]{16}$").matches(scope.expand("{{ N }}")))
        #expect(try CheckPattern("^[A-Za-z]{3}$").matches(scope.expand("{{ L }}")))
        #expect(try CheckPattern("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").matches(scope.expand("{{ U }}")))
        let wrong = [
            "numeric(0)", "numeric(1001)", "numeric(x)", "roman(3)", "numeric", "uuid(3)", "date(1d)", "date(x, YYYY)", "date(1 fortnight, YYYY)",
            "timestamp(1)", "timestamp(1, x)", "timestamp(99999999999999, d)", "date(9223372036854775807d, YYYY)",
        ]
        for call in wrong { #expect(Generator(call: call) == nil, "\(call)") }
    }

    @Test(arguments: [
        ("date(0d, YYYY-MM-DD)", "2026-01-31"), ("date(1d, DD/MM/YY)", "01/02/26"), ("date(1, YYYY-MM-DD)", "2026-02-01"),
        ("date(-31 days, YYYY-MM-DD)", "2025-12-31"), ("date(2h, YYYY-MM-DDTHH:mm:ss.SSSZ)", "2026-01-31T10:49:37.123Z"),
        ("date(12 h, D MMM hh:mm A)", "31 Jan 08:49 PM"), ("date(0d, X x)", "1769849377 1769849377123"), ("timestamp(0, s)", "1769849377"),
        ("timestamp(-10, s)", "1769849367"), ("timestamp(0, ms)", "1769849377123"), ("timestamp(1, h)", "1769852977"), ("timestamp(+2, min)", "1769849497"),
    ])
    func `dates and timestamps count from the start of the check`(call: String, text: String) throws {
        #expect(try Self.scope(VariableSources(), [ConfigVariable(name: "D", pattern: "{{ \(call) }}")]).expand("{{ D }}") == text)
    }

    @Test func `a check can name itself`() throws {
        #expect(try Self.scope(VariableSources(), [ConfigVariable(name: "P", pattern: "{{ public-id }}")]).expand("{{ P }}!") == "abc-def-ghi!")
    }

    @Test(arguments: [
        (ConfigVariable.Kind.global, "no value for {{ G }}, a variable of type global, whose value is at Datadog; give one with --variable G=VALUE"),
        (.email, "no value for {{ G }}, a variable of type email, whose value is at Datadog; give one with --variable G=VALUE"),
        (.text, "no value for {{ G }}, whose value was hidden when the test was exported; give one with --variable G=VALUE"),
    ])
    func `a value that only Datadog has must be given`(kind: ConfigVariable.Kind, message: String) throws {
        let variable = [ConfigVariable(name: "G", kind: kind, pattern: nil)]
        let scope = try Self.scope(VariableSources(), variable)
        #expect(throws: CheckFailure(.invalidTest, message)) { try scope.expand("{{ G }}") }
        #expect(try Self.scope(VariableSources(environment: ["G": "e"]), variable).expand("{{ G }}") == "e")
        #expect(try Self.scope(VariableSources(overrides: ["G": "o"], environment: ["G": "e"]), variable).expand("{{ G }}") == "o")
    }

    @Test func `services become URL variables`() {
        let variables = VariableSources.urlVariables(for: ["discounts-service": "http://a:1/", "ADS_URL": "http://b"])
        #expect(variables == ["DISCOUNTS_SERVICE_URL": "http://a:1", "ADS_URL": "http://b"])
    }
}
