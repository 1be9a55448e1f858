import Base
import HTTP
import Testing

@testable import Synthetics

@Suite struct OverrideTests {
    /// The check of a file with one definition and these overrides.
    static func check(_ overrides: String, _ json: String = definition(), defaults: String? = nil) throws -> Check {
        let defaults = try defaults.map { try JSONNode.parse($0.utf8, file: "defaults") }
        let entries = try CheckFile.read(
            #"{"tests":[{"localTestDefinition":\#(json),"testOverrides":\#(overrides)}]}"#.utf8, file: "f.json", defaults: defaults)
        guard case .check(let check)? = entries.first else { throw CheckPatternError(pattern: "", reason: "no check") }
        return check
    }

    static func request(_ check: Check, step: Int = 0) throws -> CheckRequest {
        guard case .http(let request, _, _) = check.steps[step].action else { throw CheckPatternError(pattern: "", reason: "no request") }
        return request
    }

    static func sent(_ overrides: String, _ json: String = definition(), environment: [String: String] = [:]) throws -> ClientRequest {
        let file = #"{"tests":[{"localTestDefinition":\#(json),"testOverrides":\#(overrides)}]}"#
        let (results, requests, _) = try run(file, [:], sources: VariableSources(environment: environment))
        return try #require(requests.first, "\(results[0].failure?.message ?? "")")
    }

    @Test func `overrides change a check`() throws {
        let check = try Self.check(
            #"""
            {"headers":{"X-A":"1","x-b":"2"},"retry":{"count":2,"interval":10},"executionRule":"non_blocking","variables":{"V":"w"},"locations":["x"],
             "body":"{}","bodyType":"application/json","allowInsecureCertificates":true,"followRedirects":true,"basicAuth":{"username":"u","password":"p"},
             "cookies":"a=1","defaultStepTimeout":3,"testTimeout":4,"deviceIds":["chrome.laptop_large"],"setCookies":"b=2",
             "resourceUrlSubstitutionRegexes":["a|b"],"mobileApplicationVersion":"x"}
            """#, definition().replacing(#""url""#, with: #""headers":{"X-B":"old","Cookie":"old=1"},"url""#))
        let request = try Self.request(check)
        #expect(request.headers.map(\.name) == ["X-A", "x-b", "Cookie"])
        #expect(request.headers.map(\.value) == ["1", "2", "a=1"])
        #expect(check.retry == RetryRule(count: 2, interval: .milliseconds(10)))
        #expect(check.executionRule == .nonBlocking)
        #expect(check.variables == [ConfigVariable(name: "V", pattern: "w")])
        #expect(request.body == .text("{}") && request.bodyType == "application/json")
        #expect(request.allowsInsecure && request.followsRedirects)
        #expect(request.authentication == CheckRequest.Authentication(scheme: .web, username: "u", password: "p"))
        #expect(check.overrideCount == 17)
    }

    @Test(arguments: [
        (#""a=1""#, "a=1"), (#"{"value":"a=1"}"#, "a=1"), (#"{"value":"a=1","append":true}"#, "old=1; a=1"), (#"{"value":"a=1","append":false}"#, "a=1"),
    ])
    func `cookies are replaced or added`(cookies: String, header: String) throws {
        let json = definition().replacing(#""url""#, with: #""headers":{"Cookie":"old=1"},"url""#)
        #expect(try Self.sent(#"{"cookies":\#(cookies)}"#, json).headers["Cookie"] == header)
    }

    @Test func `only single requests have a start URL and a body to replace`() throws {
        let overrides = #"{"startUrl":"http://new/","body":"b","headers":{"X":"1"},"followRedirects":true}"#
        let check = try Self.check(overrides, multistep([step("a", "POST", "http://h/a")]))
        let request = try Self.request(check)
        #expect(request.startURL == nil && request.body == .text(""))
        #expect(request.headers == [NamedText("X", "1")] && request.followsRedirects)
    }

    @Test func `a retry's parts change by themselves`() throws {
        let check = try Self.check(#"{"retry":{"interval":10}}"#, definition(options: #"{"retry":{"count":3,"interval":500}}"#))
        #expect(check.retry == RetryRule(count: 3, interval: .milliseconds(10)))
    }

    @Test(arguments: [
        ("blocking", "skipped", Check.ExecutionRule.skipped), ("skipped", "blocking", .skipped), ("non_blocking", "blocking", .nonBlocking),
        ("blocking", "non_blocking", .nonBlocking), ("non_blocking", "skipped", .skipped), ("blocking", "blocking", .blocking),
    ])
    func `of two execution rules the weaker one holds`(own: String, override: String, rule: Check.ExecutionRule) throws {
        let json = definition(options: #"{"ci":{"executionRule":"\#(own)"}}"#)
        #expect(try Self.check(#"{"executionRule":"\#(override)"}"#, json).executionRule == rule)
    }

    // MARK: Start URLs

    @Test(arguments: [
        ("{{ URL }}?static_hash={{ HASH_OF_BUILD }}", "https://www.example.org:81/path/?abc=123#target?static_hash=x1"),
        ("{{PROTOCOL}}//{{HOST}}{{PATHNAME}}", "https://www.example.org:81/path/"), ("{{ ORIGIN }}/new{{ PARAMS }}", "https://www.example.org:81/new?abc=123"),
        ("http://{{ SUBDOMAIN }}.{{ DOMAIN }}:{{ PORT }}/{{ HASH }}", "http://www.example.org:81/#target"), ("http://{{ HOSTNAME }}/", "http://www.example.org/"),
        ("http://localhost:3000/?from=ci", "http://localhost:3000/?from=ci"), ("{{ FRONTEND }}/x", "http://front/x"),
    ])
    func `a start URL is built of the original one, variables and the environment`(start: String, url: String) throws {
        let json = definition(url: "{{ BASE }}/path/?abc=123#target", config: #","configVariables":[{"name":"BASE","pattern":"https://www.example.org:81"}]"#)
        let environment = ["HASH_OF_BUILD": "x1", "FRONTEND": "http://front", "HOSTNAME": "machine"]
        #expect(try Self.sent(#"{"startUrl":"\#(start)"}"#, json, environment: environment).url == url)
    }

    @Test func `the URL is substituted when its variables are filled in`() throws {
        let overrides = #"{"startUrlSubstitutionRegex":"(http://)(.*)|$1staging-$2"}"#
        #expect(try Self.sent(overrides, definition(url: "{{ BASE }}/a"), environment: ["BASE": "http://h"]).url == "http://staging-h/a")
        let bad = #"{"startUrlSubstitutionRegex":"(http)|$7"}"#
        let (results, _, _) = try run(#"{"tests":[{"localTestDefinition":\#(definition()),"testOverrides":\#(bad)}]}"#, [:])
        #expect(results[0].failure?.code == .invalidTest)
    }

    // MARK: Defaults

    @Test func `an entry's own overrides replace the defaults key by key, not deeper`() throws {
        let defaults = #"{"headers":{"X-D":"1"},"followRedirects":true,"retry":{"count":3}}"#
        let check = try Self.check(#"{"headers":{"X-O":"2"}}"#, defaults: defaults)
        let request = try Self.request(check)
        #expect(request.headers == [NamedText("X-O", "2")])
        #expect(request.followsRedirects && check.retry.count == 3)
        #expect(check.overrideCount == 3)
    }

    @Test func `definitions that stand by themselves get the defaults`() throws {
        let defaults = try JSONNode.parse(#"{"body":"d"}"#.utf8, file: "d")
        for text in [definition(), "[\(definition())]"] {
            guard case .check(let check)? = try CheckFile.read(text.utf8, file: "f", defaults: defaults).first else { Issue.record("no check"); return }
            #expect(try Self.request(check).body == .text("d"))
        }
    }

    @Test func `the former name of overrides is understood`() throws {
        let entries = try CheckFile.read(
            #"{"tests":[{"localTestDefinition":\#(definition()),"config":{"body":"old","pollingTimeout":1}}]}"#.utf8, file: "f")
        guard case .check(let check)? = entries.first else { Issue.record("no check"); return }
        #expect(try Self.request(check).body == .text("old"))
        #expect(check.overrideCount == 1)
    }

    @Test(arguments: [
        (#"{"retyr":{"count":1}}"#, #"f.json:1:214: /tests/0/testOverrides/retyr: "testOverrides" has no "retyr"; did you mean "retry"?"#),
        (#"{"retry":{"count":"a"}}"#, #"/tests/0/testOverrides/retry/count: "count" must be a number, not a string"#),
        (#"{"cookies":""}"#, "/tests/0/testOverrides/cookies: Cookies value cannot be empty."),
        (#"{"cookies":{"append":true}}"#, "/tests/0/testOverrides/cookies: Cookies value cannot be empty."),
        (#"{"executionRule":"never"}"#, #""executionRule" is "never"; known: "blocking", "non_blocking", "skipped""#),
        (#"{"startUrlSubstitutionRegex":"none"}"#, "is no substitution: expected regex|replacement or s/regex/replacement/flags"),
        (#"{"headers":{"a":[]}}"#, "/tests/0/testOverrides/headers/a: must be a string, not a list"),
        (#"{"basicAuth":{"user":"a"}}"#, #""basicAuth" has no "user"; did you mean "username"?"#),
    ])
    func `a mistake in overrides is shown at its place`(overrides: String, message: String) {
        do {
            _ = try Self.check(overrides)
            Issue.record("it was read")
        } catch { #expect("\(error)".contains(message), "\(error)") }
    }

    // MARK: The command line

    static func parsed(_ arguments: [String]) throws -> String { try CommandLineOverrides.read(arguments).value.json() }

    @Test(arguments: [
        ("allowInsecureCertificates=TRUE", #"{"allowInsecureCertificates":true}"#), ("followRedirects=0", #"{"followRedirects":false}"#),
        ("basicAuth.username= u ", #"{"basicAuth":{"username":"u"}}"#), ("body=a=b\\nc", #"{"body":"a=b\nc"}"#), ("bodyType=text/plain", #"{"bodyType":"text/plain"}"#),
        ("cookies=a=1;b=2", #"{"cookies":{"value":"a=1;b=2"}}"#), ("cookies.append=true", #"{"cookies":{"append":true}}"#),
        ("setCookies=a=1\\nb=2", #"{"setCookies":{"value":"a=1\nb=2"}}"#), ("defaultStepTimeout=2.5", #"{"defaultStepTimeout":2.5}"#),
        ("deviceIds=chrome.laptop_large; firefox.tablet", #"{"deviceIds":["chrome.laptop_large","firefox.tablet"]}"#),
        ("executionRule=NON_BLOCKING", #"{"executionRule":"non_blocking"}"#), ("headers.X-A= b ", #"{"headers":{"X-A":" b "}}"#),
        ("locations=aws:us-east-1;pl:my-place", #"{"locations":["aws:us-east-1","pl:my-place"]}"#),
        ("resourceUrlSubstitutionRegexes=a|b;s/c/d/", #"{"resourceUrlSubstitutionRegexes":["a|b","s/c/d/"]}"#), ("retry.count=2", #"{"retry":{"count":2}}"#),
        ("startUrl=http://h/?a=b", #"{"startUrl":"http://h/?a=b"}"#), ("startUrlSubstitutionRegex=a|b", #"{"startUrlSubstitutionRegex":"a|b"}"#),
        ("testTimeout=60", #"{"testTimeout":60}"#), ("variables.A= x=y ", #"{"variables":{"A":" x=y "}}"#), ("variables.A.B=x", #"{"variables":{"A.B":"x"}}"#),
    ])
    func `a key becomes what a file would hold`(argument: String, json: String) throws {
        #expect(try Self.parsed([argument]) == json)
    }

    @Test func `keys add up`() throws {
        let arguments = ["retry.count=2", "retry.interval=300", "headers.A=1", "headers.B=2", "body=x", "body=y"]
        #expect(try Self.parsed(arguments) == #"{"retry":{"count":2,"interval":300},"headers":{"A":"1","B":"2"},"body":"y"}"#)
    }

    @Test(arguments: [
        ("retyr=1", "Invalid key: retyr. Did you mean `retry`?"), ("startURL=x", "Invalid key: startURL. Did you mean `startUrl`?"),
        ("completelyElsewhere=1", "Invalid key: completelyElsewhere"), ("retry.cuont=1", "Invalid subkey for retry"), ("retry=1", "Invalid subkey for retry"),
        ("basicAuth=x", "Invalid subkey for basicAuth"), ("headers=x", "No subkey found for headers"), ("variables=x", "No subkey found for variables"),
        ("followRedirects=yes", "Invalid boolean value: yes"), ("retry.count=two", "Invalid number value: two"), ("testTimeout=", "Invalid number value: "),
        ("executionRule=never", "Invalid ExecutionRule value: never"), ("cookies.value=x", "The path \"cookies.value\" is invalid. Did you mean `--override cookies=...`?"),
        ("body", "--override needs KEY=VALUE, not \"body\""),
    ])
    func `a wrong key is explained in datadog-ci's words`(argument: String, message: String) {
        #expect(throws: CommandLineOptions.UsageError(description: message)) { try CommandLineOverrides.read([argument]) }
    }

    @Test(arguments: [("cookies.append=true", "--override: Cookies value cannot be empty."), ("retry.count=9", #"--override: "count" must be between 0 and 5, not 9"#)])
    func `what no file could say cannot be said here either`(argument: String, message: String) {
        #expect(throws: CommandLineOptions.UsageError(description: message)) { try CommandLineOptions(["checks", "--override", argument]) }
    }

    // MARK: The environment

    @Test func `every variable of the environment is read`() throws {
        let names = [
            "ALLOW_INSECURE_CERTIFICATES": "1", "BASIC_AUTH_USERNAME": "u", "BASIC_AUTH_PASSWORD": "p", "BODY": "b", "BODY_TYPE": "t", "COOKIES": "a=1",
            "COOKIES_APPEND": "true", "SET_COOKIES": "s=1", "DEFAULT_STEP_TIMEOUT": "3", "DEVICE_IDS": "a;b", "EXECUTION_RULE": "BLOCKING",
            "FOLLOW_REDIRECTS": "false", "HEADERS": "{'X': 'y'}", "LOCATIONS": "l", "RESOURCE_URL_SUBSTITUTION_REGEXES": "a|b", "RETRY_COUNT": "5",
            "RETRY_INTERVAL": "100", "START_URL": "s", "START_URL_SUBSTITUTION_REGEX": "c|d", "TEST_TIMEOUT": "42", "VARIABLES": #"{"V":"w"}"#,
        ]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ("DATADOG_SYNTHETICS_OVERRIDE_\($0.key)", $0.value) })
        let node = EnvironmentOverrides(environment).read()
        let mistakes = MistakeList()
        let overrides = OverrideReader.read(node, at: "", called: "x", mistakes: mistakes)
        #expect(mistakes.list.isEmpty)
        #expect(overrides.count == 18)
        #expect(overrides.basicAuth == TestOverrides.Credentials(username: "u", password: "p"))
        #expect(overrides.cookies == TestOverrides.Cookies(value: "a=1", appends: true))
        #expect(overrides.deviceIDs == ["a", "b"] && overrides.headers == [NamedText("X", "y")] && overrides.variables == [NamedText("V", "w")])
        #expect(overrides.retryCount == 5 && overrides.retryInterval == .milliseconds(100) && overrides.testTimeout == .seconds(42))
    }

    @Test func `values of the wrong kind are as if they were not there`() {
        let wrong = ["FOLLOW_REDIRECTS": "yes", "RETRY_COUNT": "x", "EXECUTION_RULE": "never", "HEADERS": "{'a': 1}", "VARIABLES": "none", "TEST_TIMEOUT": "inf"]
        let environment = Dictionary(uniqueKeysWithValues: wrong.map { ("DATADOG_SYNTHETICS_OVERRIDE_\($0.key)", $0.value) })
        #expect(EnvironmentOverrides(environment).read().value.json() == "{}")
    }
}
