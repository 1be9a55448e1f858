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
        return try VariableScope(sources, check: variables, random: &random)
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
        let message = #"no value for {{ FRONTED_URL }}; did you mean "FRONTEND_URL"?; give one with --variable FRONTED_URL=VALUE"#
        #expect(throws: CheckFailure(.invalidTest, message)) { try scope.expand("{{ FRONTED_URL }}/x") }
    }

    @Test func `generators give what their name says`() throws {
        let scope = try Self.scope(
            VariableSources(),
            [
                ConfigVariable(name: "N", pattern: "a{{ numeric(16) }}"), ConfigVariable(name: "L", pattern: "{{ alphabetic(3) }}"),
                ConfigVariable(name: "U", pattern: "{{ uuid }}"),
            ])
        #expect(try Pattern("^a[0-9]{16}$").matches(scope.expand("{{ N }}")))
        #expect(try Pattern("^[A-Za-z]{3}$").matches(scope.expand("{{ L }}")))
        #expect(try Pattern("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").matches(scope.expand("{{ U }}")))
        for call in ["numeric(0)", "numeric(1001)", "numeric(x)", "roman(3)", "numeric"] { #expect(Generator(call: call) == nil) }
    }

    @Test func `services become URL variables`() {
        let variables = VariableSources.urlVariables(for: ["discounts-service": "http://a:1/", "ADS_URL": "http://b"])
        #expect(variables == ["DISCOUNTS_SERVICE_URL": "http://a:1", "ADS_URL": "http://b"])
    }
}
