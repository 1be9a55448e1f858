import Base
import HTTP
import Testing

@testable import Synthetics

/// TCP and DNS tests against a script; against real peers they are in ConnectionTests.
@Suite struct TCPAndDNSTests {
    static func tcp(_ assertions: String, request: String = #"{"host":"h","port":5432,"timeout":5}"#) -> String {
        #"{"type":"api","subtype":"tcp","name":"t","options":{},"config":{"request":\#(request),"assertions":[\#(assertions)]}}"#
    }

    static func dns(_ assertions: String, request: String = #"{"host":"example.org","dnsServer":"8.8.8.8","dnsServerPort":53}"#) -> String {
        #"{"type":"api","subtype":"dns","name":"d","options":{},"config":{"request":\#(request),"assertions":[\#(assertions)]}}"#
    }

    static let established = ScriptedTransport.Answer.response(200, "", Headers())
    static let refused = ScriptedTransport.Answer.failure(.connectionRefused(host: "h", port: 5_432))
    static let timedOut = ScriptedTransport.Answer.failure(.timedOut(after: .seconds(5)))

    @Test(arguments: [
        (#"{"type":"connection","operator":"is","target":"established"}"#, established, true),
        (#"{"type":"connection","operator":"is","target":"established"}"#, refused, false),
        (#"{"type":"connection","operator":"is","target":"refused"}"#, refused, true),
        (#"{"type":"connection","operator":"is","target":"refused"}"#, timedOut, false),
        (#"{"type":"connection","operator":"is","target":"timeout"}"#, timedOut, true),
        (#"{"type":"connection","operator":"isNot","target":"{{ WORD }}"}"#, refused, true),
        (#"{"type":"connection","operator":"isNot","target":"established"}"#, established, false),
        (#"{"type":"responseTime","operator":"lessThan","target":13}"#, established, true),
        (#"{"type":"responseTime","operator":"lessThan","target":12}"#, established, false),
    ])
    func `a connection is judged`(assertion: String, answer: ScriptedTransport.Answer, holds: Bool) throws {
        let (results, _, _) = try run(
            Self.tcp(assertion), ["CONNECT h:5432": [answer]], sources: VariableSources(given: ["WORD": "established"]))
        #expect(results[0].steps[0].assertions.map(\.isValid) == [holds])
        #expect(results[0].steps[0].action == "Host: h:5432")
    }

    @Test func `a refused connection that no assertion is about is a failure`() throws {
        let (results, _, _) = try run(
            Self.tcp(#"{"type":"responseTime","operator":"lessThan","target":1000}"#), ["CONNECT h:5432": [Self.refused]])
        #expect(results[0].failure?.code == .connectionRefused)
        #expect(results[0].steps[0].assertions.isEmpty)
    }

    @Test(arguments: [(#""{{ P }}""#, "81", 81), (#""443""#, "x", 443), ("8443", "x", 8_443)])
    func `ports may be texts and places`(port: String, value: String, expected: Int) throws {
        let json = Self.tcp(
            #"{"type":"responseTime","operator":"lessThan","target":1000}"#, request: #"{"host":"{{ H }}","port":\#(port)}"#)
        let (results, requests, _) = try run(
            json, ["CONNECT a:\(expected)": [Self.established]], sources: VariableSources(given: ["P": value, "H": "a"]))
        #expect(results[0].status == .passed)
        #expect(requests.map(\.url) == ["a:\(expected)"])
    }

    @Test func `a port that is none fails the check`() throws {
        let json = Self.tcp(
            #"{"type":"responseTime","operator":"lessThan","target":1000}"#, request: #"{"host":"h","port":"{{ P }}"}"#)
        let (results, _, _) = try run(json, [:], sources: VariableSources(given: ["P": "http"]))
        #expect(results[0].failure == CheckFailure(.invalidRequest, #""http" is no port"#))
    }

    static let zone = ScriptedTransport.Answer.ok(
        "A 192.0.2.1\nA 192.0.2.2\nAAAA 2001:db8::1\nCNAME www.example.org\nMX 10 mail.example.org\nNS ns.example.org\nTXT v=spf1 -all")

    @Test(arguments: [
        (#"{"type":"recordSome","property":"A","operator":"is","target":"192.0.2.2"}"#, true),
        (#"{"type":"recordSome","property":"A","operator":"is","target":"192.0.2.3"}"#, false),
        (#"{"type":"recordEvery","property":"A","operator":"is","target":"192.0.2.1"}"#, false),
        (#"{"type":"recordEvery","property":"A","operator":"contains","target":"192.0.2."}"#, true),
        (#"{"type":"recordEvery","property":"A","operator":"matches","target":"^192\\."}"#, true),
        (#"{"type":"recordEvery","property":"A","operator":"doesNotMatch","target":"2$"}"#, false),
        (#"{"type":"recordSome","property":"A","operator":"doesNotMatch","target":"2$"}"#, true),
        (#"{"type":"recordSome","property":"AAAA","operator":"is","target":"2001:db8::1"}"#, true),
        (#"{"type":"recordSome","property":"CNAME","operator":"is","target":"www.example.org"}"#, true),
        (#"{"type":"recordSome","property":"MX","operator":"is","target":"10 mail.example.org"}"#, true),
        (#"{"type":"recordSome","property":"NS","operator":"contains","target":"ns."}"#, true),
        (#"{"type":"recordSome","property":"TXT","operator":"contains","target":"spf2"}"#, false),
        (#"{"type":"responseTime","operator":"lessThan","target":1}"#, true),
        (#"{"type":"responseTime","operator":"moreThan","target":1}"#, false),
    ])
    func `records are judged, some or every one`(assertion: String, holds: Bool) throws {
        let (results, _, _) = try run(Self.dns(assertion), ["LOOKUP example.org": [Self.zone]])
        #expect(results[0].steps[0].assertions.map(\.isValid) == [holds])
        #expect(results[0].steps[0].action == "Query for example.org on server 8.8.8.8")
    }

    @Test(arguments: ["recordSome", "recordEvery"])
    func `a name without records satisfies nothing`(type: String) throws {
        let assertion = #"{"type":"\#(type)","property":"TXT","operator":"doesNotMatch","target":"x"}"#
        let (results, _, _) = try run(Self.dns(assertion), ["LOOKUP example.org": [.ok("A 192.0.2.1")]])
        #expect(results[0].steps[0].assertions.map(\.sentence) == [#"\#(type) TXT should not match "x". Actual: nothing"#])
    }

    @Test func `a name that is not there has Datadog's code`() throws {
        let assertion = #"{"type":"recordSome","property":"A","operator":"is","target":"1"}"#
        let (results, _, _) = try run(Self.dns(assertion), ["LOOKUP example.org": [.failure(.nameNotResolved(host: "example.org"))]])
        #expect(results[0].failure == CheckFailure(.nameNotResolved, #"could not resolve the host name "example.org""#))
    }

    @Test func `probes are steps like others`() throws {
        let json = multistep([
            #"{"name":"port","subtype":"tcp","request":{"host":"h","port":1},"assertions":[]}"#,
            #"{"name":"name","subtype":"dns","request":{"host":"n"},"assertions":[{"type":"recordSome","property":"A","operator":"is","target":"1"}]}"#,
            step("page", "GET", "http://h/"),
        ])
        let (results, requests, _) = try run(json, ["CONNECT h:1": [Self.established], "LOOKUP n": [.ok("A 1")], "GET http://h/": [.ok("")]])
        #expect(results[0].status == .passed)
        #expect(requests.map(\.method) == ["CONNECT", "LOOKUP", "GET"])
        #expect(StepLines.description(results[0].steps) == "Multistep test containing 1 TCP test, 1 DNS test, 1 HTTP test")
    }
}
