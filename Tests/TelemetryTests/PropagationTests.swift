import Base
import Testing

@testable import Telemetry

@Suite struct PropagationTests {
    private static let full = TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736)
    private static let parent: UInt64 = 0x00f0_67aa_0ba9_02b7

    private func extract(_ headers: [String: String]) -> TraceContext? { Propagation.extract { headers[$0] } }

    @Test(arguments: [
        ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        ["traceparent": "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later"],
        [
            "x-datadog-trace-id": "11803532876627986230", "x-datadog-parent-id": "67667974448284343", "x-datadog-sampling-priority": "1",
            "x-datadog-tags": "_dd.p.tid=4bf92f3577b34da6",
        ],
        ["b3": "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90"],
        ["x-b3-traceid": "4bf92f3577b34da6a3ce929d0e0e4736", "x-b3-spanid": "00f067aa0ba902b7", "x-b3-sampled": "true"],
        ["x-amzn-trace-id": "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1"],
    ])
    func `all forms name the same context`(headers: [String: String]) throws {
        let context = try #require(extract(headers))
        #expect(context.trace == Self.full)
        #expect(context.parent == Self.parent)
        #expect(context.priority == 1)
    }

    @Test(arguments: [
        ["traceparent": "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"],
        ["traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
        ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
        ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra"],
        ["traceparent": "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"],
        ["traceparent": ""], ["tracestate": "dd=s:1"], ["x-datadog-trace-id": "0"], ["x-datadog-trace-id": "18446744073709551616"],
        ["x-datadog-trace-id": "abc"], ["b3": "0"], ["b3": "4bf9-00f067aa0ba902b7-1"], ["x-b3-traceid": "4bf92f3577b34da6a3ce929d0e0e4736"],
        ["x-amzn-trace-id": "Root=2-4bf92f35-77b34da6a3ce929d0e0e4736"], [:],
    ])
    func `malformed headers begin a new trace`(headers: [String: String]) {
        #expect(extract(headers) == nil)
    }

    @Test func `X-Ray's header is W3C's identifiers in another form, with a decision and the fields of others`() throws {
        let header = "Self=1-67891234-12456789abcdef012345678;Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Lineage=a87bd80c:0|68fd508a:5;Parent=00f067aa0ba902b7;Sampled=0"
        let context = try #require(extract(["x-amzn-trace-id": header]))
        #expect(context.trace.hex == "4bf92f3577b34da6a3ce929d0e0e4736" && context.trace.amazon == "1-4bf92f35-77b34da6a3ce929d0e0e4736")
        #expect(context.parent == Self.parent && context.priority == 0 && context.amazon?.decision == .unsampled)
        let fields = Dictionary(uniqueKeysWithValues: Propagation.inject(context, styles: [.w3c, .amazon]).map { ($0.name, $0.value) })
        #expect(fields["X-Amzn-Trace-Id"] == "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0;Lineage=a87bd80c:0|68fd508a:5")
        #expect(fields["traceparent"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
        #expect(TraceID(amazon: context.trace.amazon) == context.trace)
    }

    @Test(arguments: [("Sampled=1", AmazonFields.Decision.sampled), ("Sampled=?", .asked), ("Sampled=", nil), ("", nil)]) func `a decision of X-Ray joins the same trace of another form`(
        field: String, decision: AmazonFields.Decision?
    ) throws {
        let context = try #require(
            extract([
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "x-amzn-trace-id": "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;" + field,
            ]))
        #expect(context.parent == Self.parent && context.priority == 1 && context.links.isEmpty)
        #expect(context.amazon?.decision == decision)
    }

    @Test func `too many fields of others are not passed on`() throws {
        let header = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;a=" + String(repeating: "x", count: 250) + ";b=" + String(repeating: "y", count: 10)
        let context = try #require(extract(["x-amzn-trace-id": header]))
        #expect(context.amazon?.others.count == 1)
    }

    @Test(arguments: ["1-4bf92f35-77b34da6a3ce929d0e0e473", "2-4bf92f35-77b34da6a3ce929d0e0e4736", "1-4bf92f3577b34da6a3ce929d0e0e4736", "1-00000000-000000000000000000000000", ""])
    func `no identifier of X-Ray`(text: String) { #expect(TraceID(amazon: text) == nil) }

    @Test func `the seven headers that Datadog's tracers send are read and written`() throws {
        let headers = [
            "x-datadog-trace-id": "11803532876627986230", "x-datadog-parent-id": "67667974448284343", "x-datadog-sampling-priority": "1",
            "x-datadog-origin": "rum", "x-datadog-tags": "_dd.p.tid=4bf92f3577b34da6,_dd.p.dm=-1",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "dd=p:00f067aa0ba902b7;s:1;o:rum;t.dm:-1",
        ]
        let context = try #require(extract(headers))
        #expect(context.origin == "rum")
        #expect(context.propagationTags.map(\.value) == ["-1"])
        #expect(context.links.isEmpty)
        #expect(Dictionary(uniqueKeysWithValues: Propagation.inject(context).map { ($0.name, $0.value) }) == headers)
    }

    @Test func `with the same trace the W3C parent and state win`() throws {
        let context = try #require(
            extract([
                "x-datadog-trace-id": "11803532876627986230", "x-datadog-parent-id": "5", "x-datadog-tags": "_dd.p.tid=4bf92f3577b34da6",
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "rojo=1, congo=2",
            ]))
        #expect(context.parent == Self.parent)
        #expect(context.traceState == "rojo=1,congo=2")
    }

    @Test func `another trace in another form becomes a link`() throws {
        let context = try #require(
            extract(["x-datadog-trace-id": "7", "x-datadog-parent-id": "8", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]))
        #expect(context.trace.low == 7 && context.parent == 8)
        #expect(context.links == [TraceContext.Link(trace: Self.full, span: Self.parent)])
    }

    @Test(arguments: [("01", "s:2", 2), ("01", "s:0", 1), ("01", "", 1), ("00", "s:-1", -1), ("00", "s:1", 0), ("00", "", 0)] as [(String, String, Int)])
    func `the flag corrects an older priority`(flags: String, state: String, expected: Int) {
        let context = extract([
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\(flags)", "tracestate": state.isEmpty ? "a=b" : "dd=\(state)",
        ])
        #expect(context?.priority == expected)
    }

    @Test func `a page leaves the decision open`() {
        let context = extract(["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", "tracestate": "dd=o:rum"])
        #expect(context != nil && context?.priority == nil && context?.isSampled == true)
    }

    @Test func `B3 is written as it was read`() {
        var context = TraceContext(trace: TraceID(high: 0, low: 0xa3ce_929d_0e0e_4736), parent: Self.parent)
        let single = { Propagation.inject($0, styles: [.b3Single]).map(\.value) }
        #expect(single(context) == ["a3ce929d0e0e4736-00f067aa0ba902b7-1"])
        context.priority = nil
        #expect(single(context) == ["a3ce929d0e0e4736-00f067aa0ba902b7"])
        context.priority = 2
        #expect(Propagation.inject(context, styles: [.b3Multi]).map(\.name) == ["x-b3-traceid", "x-b3-spanid", "x-b3-flags"])
    }

    @Test func `baggage is decoded and encoded again`() throws {
        let context = try #require(
            extract(["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "baggage": "session.id=abc%2C1 , user.tier=gold;ttl=60"]))
        #expect(context.baggage.map(\.value) == ["abc,1", "gold"])
        #expect(Propagation.inject(context).last?.value == "session.id=abc%2C1,user.tier=gold;ttl=60")
        #expect(Propagation.extractBaggage { $0 == "baggage" ? "a=1,broken" : nil } == [])
    }

    @Test func `what a call within the process receives is what its headers would say`() throws {
        var contexts = [TraceContext(trace: Self.full, parent: Self.parent)]
        func add(_ change: (inout TraceContext) -> Void) {
            var context = contexts[0]
            change(&context)
            contexts.append(context)
        }
        add { $0.trace.high = 0 }
        add { $0.trace.low = 0 }
        add { $0.parent = 0 }
        add { $0.priority = nil }
        add { $0.priority = 2 }
        add { $0.priority = -1 }
        add { $0.hasRandomID = true }
        add { $0.origin = "rum" }
        add { $0.propagationTags = [TraceContext.BaggageItem(key: "dm", value: "-1")] }
        add { $0.traceState = "other=1" }
        add { $0.baggage = [TraceContext.BaggageItem(key: "a", value: "b")] }
        add { $0.links = [TraceContext.Link(trace: TraceID(high: 1, low: 2), span: 3)] }
        let styles: [[Propagation.Style]] = [[], [.datadog], [.w3c], [.datadog, .w3c], [.w3c, .datadog], [.b3Single], [.w3c, .b3Multi], [.amazon]]
        var known = 0
        for context in contexts {
            for style in styles {
                guard let received = Propagation.received(context, styles: style) else { continue }
                known += 1
                #expect(received == extract(Dictionary(uniqueKeysWithValues: Propagation.inject(context, styles: style).map { ($0.name, $0.value) })))
            }
        }
        // The first, the one of 64 bits, the random and the linked one, by four lists each.
        #expect(known == 16)
    }
}
