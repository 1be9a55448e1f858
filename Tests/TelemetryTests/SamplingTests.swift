import Base
import Testing

@testable import Telemetry

/// Tail sampling: what policies say, when decisions fall, and what is kept.
@Suite struct SamplingTests {
    private static let epoch = Timestamp(nanoseconds: 1_000_000_000_000)
    private static func at(_ seconds: Double) -> Timestamp { epoch + .nanoseconds(Int64(seconds * 1e9)) }

    private static func span(
        _ trace: UInt64, _ id: UInt64 = 1, ends seconds: Double = 0.5, lasting milliseconds: Int64 = 1, isError: Bool = false, service: String = "ads", name: String = "GET /ads",
        with attributes: [Attribute] = []
    ) -> Span {
        let end = at(seconds).nanoseconds
        return Span(
            trace: TraceID(high: 0, low: trace), id: trace * 1_000 + id, parent: 0, template: .make(service: .make(service), resource: name, computed: []),
            start: Timestamp(nanoseconds: end - milliseconds * 1_000_000), durationNanoseconds: milliseconds * 1_000_000, isError: isError, attributes: attributes)
    }

    private static func configuration(_ policies: String, wait: String = "10s", traces: Int = 100, more: String = "") throws -> CollectorConfiguration {
        let text = """
            { "processors": { "tail_sampling": { "decision_wait": "\(wait)", "num_traces": \(traces), \(more) "policies": [\(policies)] } },
              "service": { "pipelines": { "traces": { "processors": ["tail_sampling"] } } } }
            """
        return try CollectorConfiguration.read(Array(text.utf8), file: "collector.json")
    }

    /// A collector that notes what it hands on.
    private final class Bench {
        let recorder = Recorder()
        let collector: Collector
        /// Numbers of traces, as often as spans of them came out.
        var out: [UInt64] = []

        init(_ configuration: CollectorConfiguration) {
            collector = Collector(configuration, recorder: recorder, now: SamplingTests.epoch)
            collector.outlet = { [unowned self] _, _, spans in out += spans.map(\.trace.low) }
        }

        func policy(_ name: String) -> Value? { collector.report["pipelines"]?["0"]?["policies"]?.elements?.first { $0["name"]?.text == name } }
        func count(_ name: String) -> Int? { collector.report["pipelines"]?["0"]?[name]?.integer }
    }

    /// 1: a total with a fraction. 2: failed. 3: 700 ms, from two spans of 1 ms. 4: twenty spans. 5: other sorts of attributes. 6: another service, a whole total.
    private static var traces: [Span] {
        [span(1, with: ["total": 990.72].attributes), span(2, isError: true), span(3, 1, ends: 0.3), span(3, 2, ends: 0.999), span(6, service: "store", name: "POST /pay", with: ["total": 900].attributes)]
            + (1...20).map { span(4, $0) }
            + [span(5, with: ["number.of.orders": 5, "tier": "gold", "paid": true].attributes)]
    }

    static let policies: [(String, Set<UInt64>)] = [
        (#""always_sample""#, [1, 2, 3, 4, 5, 6]),
        (#""status_code", "status_code": { "status_codes": ["ERROR"] }"#, [2]),
        (#""status_code", "status_code": { "status_codes": ["UNSET"] }"#, [1, 3, 4, 5, 6]),
        (#""latency", "latency": { "threshold_ms": 700 }"#, [3]),
        (#""latency", "latency": { "threshold_ms": 1 }"#, [1, 2, 3, 4, 5, 6]),
        (#""latency", "latency": { "threshold_ms": 1, "upper_threshold_ms": 699 }"#, []),
        (#""latency", "latency": { "threshold_ms": 1, "upper_threshold_ms": 700 }"#, [3]),
        (#""span_count", "span_count": { "min_spans": 20 }"#, [4]),
        (#""span_count", "span_count": { "min_spans": 2, "max_spans": 19 }"#, [3]),
        // A total with a fraction is no whole number: the collector takes it for 0.
        (#""numeric_attribute", "numeric_attribute": { "key": "total", "min_value": 500, "max_value": 10000000000 }"#, [6]),
        (#""numeric_attribute", "numeric_attribute": { "key": "total", "max_value": 10 }"#, [1]),
        (#""numeric_attribute", "numeric_attribute": { "key": "total", "min_value": 500, "max_value": 1000, "invert_match": true }"#, [1, 2, 3, 4, 5]),
        (#""ottl_condition", "ottl_condition": { "error_mode": "ignore", "span": ["attributes[\"total\"] > 1"] }"#, [1, 6]),
        (#""ottl_condition", "ottl_condition": { "span": ["name == \"POST /pay\" or (status.code == STATUS_CODE_ERROR and kind == SPAN_KIND_SERVER)"] }"#, [2, 6]),
        (#""ottl_condition", "ottl_condition": { "span": ["not resource.attributes[\"service.name\"] == \"ads\"", "attributes[\"tier\"] != nil"] }"#, [5, 6]),
        (#""string_attribute", "string_attribute": { "key": "tier", "values": ["gold", "silver"] }"#, [5]),
        (#""string_attribute", "string_attribute": { "key": "service.name", "values": ["st.r"], "enabled_regex_matching": true }"#, [6]),
        (#""string_attribute", "string_attribute": { "key": "service.name", "values": ["ads"], "invert_match": true }"#, [6]),
        (#""boolean_attribute", "boolean_attribute": { "key": "paid", "value": true }"#, [5]),
        (
            #""and", "and": { "and_sub_policy": [{ "name": "a", "type": "latency", "latency": { "threshold_ms": 100 } }, { "name": "b", "type": "span_count", "span_count": { "min_spans": 2 } }] }"#,
            [3]
        ),
        (
            #""composite", "composite": { "max_total_spans_per_second": 100, "policy_order": ["few", "all"], "rate_allocation": [{ "policy": "few", "percent": 2 }], "composite_sub_policy": [{ "name": "all", "type": "always_sample" }, { "name": "few", "type": "span_count", "span_count": { "min_spans": 1, "max_spans": 2 } }] }"#,
            [1, 2, 4]
        ),
        (#""rate_limiting", "rate_limiting": { "spans_per_second": 2 }"#, [1, 2, 3]),
    ]

    @Test(arguments: policies) func `a policy keeps what the collector's keeps`(policy: String, kept: Set<UInt64>) throws {
        let bench = Bench(try Self.configuration(#"{ "name": "one", "type": \#(policy) }"#))
        for span in Self.traces { bench.recorder.record(span) }
        bench.collector.advance(to: Self.at(60))
        #expect(Set(bench.out) == kept)
        #expect(bench.policy("one")?["sampled"]?.integer == kept.count)
        // Whole traces, or nothing of them.
        #expect(bench.out.count == Self.traces.count { kept.contains($0.trace.low) })
    }

    /// What FNV-1a, written down a second time in another language, chooses of a thousand identifiers.
    @Test(arguments: [("", 236, [2, 5, 9, 26, 33, 39, 40, 46]), (#", "hash_salt": "other""#, 247, [3, 14, 15, 16, 18, 25, 30, 31])] as [(String, Int, [UInt64])])
    func `a share of the traces is chosen by their identifiers`(salt: String, count: Int, first: [UInt64]) throws {
        let bench = Bench(try Self.configuration(#"{ "name": "some", "type": "probabilistic", "probabilistic": { "sampling_percentage": 25 \#(salt) } }"#, traces: 2_000))
        let step: UInt64 = 0x9e37_79b9_7f4a_7c15
        for trace in 1...1_000 as ClosedRange<UInt64> {
            var span = Self.span(1)
            span.trace.low = trace &* step
            bench.recorder.record(span)
        }
        bench.collector.advance(to: Self.at(60))
        #expect(bench.out.count == count)
        #expect(Array(bench.out.prefix(8)) == first.map { $0 &* step })
    }

    @Test func `one policy that wants a trace is enough, one that drops it or is inverted and finds it is stronger`() throws {
        let bench = Bench(
            try Self.configuration(
                """
                { "name": "all", "type": "always_sample" },
                { "name": "long", "type": "latency", "latency": { "threshold_ms": 100 } },
                { "name": "not gold", "type": "string_attribute", "string_attribute": { "key": "tier", "values": ["gold"], "invert_match": true } },
                { "name": "no store", "type": "drop", "drop": { "drop_sub_policy": [{ "name": "x", "type": "string_attribute", "string_attribute": { "key": "service.name", "values": ["store"] } }] } }
                """))
        for span in Self.traces { bench.recorder.record(span) }
        bench.collector.advance(to: Self.at(60))
        #expect(Set(bench.out) == [1, 2, 3, 4])
        #expect(bench.policy("no store")?["dropped"] == 1)
        #expect(bench.policy("long")?["sampled"] == 1)
        // What is dropped is asked no further.
        #expect(bench.policy("all")?["sampled"] == 5)
    }

    @Test func `decisions fall in the second after the wait, whole traces at a time, and late spans follow them`() throws {
        let bench = Bench(try Self.configuration(#"{ "name": "errors", "type": "status_code", "status_code": { "status_codes": ["ERROR"] } }"#))
        bench.recorder.record(Self.span(1, 1, ends: 0.2))
        bench.recorder.record(Self.span(2, 1, ends: 0.3))
        bench.recorder.record(Self.span(1, 2, ends: 5, isError: true))
        bench.collector.advance(to: Self.at(10.9))
        #expect(bench.out == [])
        #expect(!bench.collector.hasHandedOn(TraceID(high: 0, low: 1)))
        bench.collector.advance(to: Self.at(11))
        #expect(bench.out == [1, 1])
        #expect(bench.collector.hasHandedOn(TraceID(high: 0, low: 1)) && !bench.collector.hasHandedOn(TraceID(high: 0, low: 2)))
        #expect(bench.collector.hasHandedOn(TraceID(high: 0, low: 77)))
        bench.recorder.record(Self.span(1, 3, ends: 12))
        bench.recorder.record(Self.span(2, 2, ends: 12, isError: true))
        bench.collector.advance(to: Self.at(13))
        #expect(bench.out == [1, 1, 1])
        #expect(bench.count("lateSpans") == 2)
    }

    @Test func `more traces than there is room for are forgotten undecided`() throws {
        let bench = Bench(try Self.configuration(#"{ "name": "all", "type": "always_sample" }"#, traces: 20))
        for trace in 1...28 { bench.recorder.record(Self.span(UInt64(trace), ends: Double(trace) / 10)) }
        bench.collector.advance(to: Self.at(60))
        #expect(bench.out == Array(9...28))
        #expect(bench.count("droppedTooEarly") == 8 && bench.count("sampled") == 20 && bench.count("received") == 28 && bench.count("inMemory") == 20)
    }

    @Test func `memory is bounded by spans too`() throws {
        let bench = Bench(try Self.configuration(#"{ "name": "all", "type": "always_sample" }"#, wait: "1h"))
        for round in 0..<21 {
            for number in 0..<10_000 { bench.recorder.record(Self.span(UInt64(round + 1), UInt64(number), ends: Double(round))) }
            bench.collector.advance(to: Self.at(Double(round)))
        }
        #expect(bench.count("droppedTooEarly") == 1)
        bench.collector.finish(at: Self.at(30))
        #expect(bench.out.count == TailSampler.spanLimit)
    }

    @Test func `decisions do not depend on how often somebody looks`() throws {
        func report(every seconds: Double) throws -> (Value, [UInt64]) {
            let bench = Bench(
                try Self.configuration(
                    """
                    { "name": "rate", "type": "rate_limiting", "rate_limiting": { "spans_per_second": 3 } },
                    { "name": "share", "type": "probabilistic", "probabilistic": { "sampling_percentage": 10 } },
                    { "name": "both", "type": "composite", "composite": { "max_total_spans_per_second": 4, "composite_sub_policy": [{ "name": "all", "type": "always_sample" }] } }
                    """, wait: "3s", traces: 90))
            var next = 1
            var now = 0.0
            while now < 40 {
                now += seconds
                while next <= 400, Double(next) / 20 <= now {
                    bench.recorder.record(Self.span(UInt64(next), ends: Double(next) / 20))
                    next += 1
                }
                bench.collector.advance(to: Self.at(now))
            }
            return (bench.collector.report, bench.out)
        }
        let (often, seldom) = (try report(every: 0.05), try report(every: 40))
        #expect(often == seldom)
        #expect((20...350).contains(often.1.count))
    }

    @Test func `pipelines are independent of each other, and change attributes`() throws {
        let text = """
            { "processors": {
                "attributes/a": { "actions": [{ "key": "dataset", "value": "baseline", "action": "insert" }] },
                "attributes/b": { "actions": [{ "key": "dataset", "value": "experiment", "action": "upsert" }, { "key": "total", "action": "delete" }] },
                "tail_sampling": { "decision_wait": "10s", "policies": [{ "name": "errors", "type": "status_code", "status_code": { "status_codes": ["ERROR"] } }] } },
              "service": { "pipelines": { "traces/baseline": { "processors": ["attributes/a"] }, "traces/experiment": { "processors": ["tail_sampling", "attributes/b"] } } } }
            """
        let recorder = Recorder()
        let collector = Collector(try CollectorConfiguration.read(Array(text.utf8), file: "collector.json"), recorder: recorder, now: Self.epoch)
        var out: [String] = []
        collector.outlet = { pipeline, attributes, spans in
            for span in spans {
                let changed = attributes.apply(to: span.exportedAttributes)
                out.append("\(pipeline) \(span.trace.low) \(changed["dataset"]?.text ?? "-") \(changed["total"]?.text ?? "-")")
            }
        }
        recorder.record(Self.span(1, with: ["total": 3].attributes))
        recorder.record(Self.span(2, isError: true, with: ["total": 4, "dataset": "own"].attributes))
        collector.advance(to: Self.at(1))
        #expect(out == ["traces/baseline 1 baseline 3", "traces/baseline 2 own 4"])
        collector.advance(to: Self.at(20))
        #expect(out.dropFirst(2) == ["traces/experiment 2 experiment -"])
        #expect(collector.hasHandedOn(TraceID(high: 0, low: 1)))
    }

    @Test func `other pipelines begin anew, and what was decided stays`() throws {
        let bench = Bench(try Self.configuration(#"{ "name": "all", "type": "always_sample" }"#, wait: "5s"))
        bench.recorder.record(Self.span(1, ends: 1))
        bench.collector.advance(to: Self.at(7))
        bench.recorder.record(Self.span(2, ends: 7))
        bench.collector.restart(with: try Self.configuration(#"{ "name": "none", "type": "latency", "latency": { "threshold_ms": 5000 } }"#, wait: "5s"), now: Self.at(8))
        bench.recorder.record(Self.span(3, ends: 9))
        bench.collector.advance(to: Self.at(60))
        #expect(bench.out == [1])
        #expect((1...3).map { bench.collector.hasHandedOn(TraceID(high: 0, low: $0)) } == [true, false, false])
        #expect(bench.policy("none")?["notSampled"] == 1)
    }

    @Test func `after a reset the same identifiers are other traces`() throws {
        let bench = Bench(try Self.configuration(#"{ "name": "all", "type": "always_sample" }"#, wait: "5s"))
        bench.recorder.record(Self.span(1, ends: 1))
        bench.collector.advance(to: Self.at(20))
        #expect(bench.out == [1])
        bench.recorder.reset()
        bench.collector.reset(now: Self.at(20))
        bench.recorder.record(Self.span(1, ends: 21))
        bench.collector.advance(to: Self.at(22))
        #expect(!bench.collector.hasHandedOn(TraceID(high: 0, low: 1)))
        #expect(bench.count("received") == 1 && bench.count("sampled") == 0)
        bench.collector.advance(to: Self.at(40))
        #expect(bench.out == [1, 1])
    }

    static let mistakes: [(String, String)] = [
        (#"{ "service": { "pipelines": { "traces": { "processors": ["tail_sampling"] } } } }"#, #"no processor is named "tail_sampling""#),
        (#"{ "processors": { "tail_samplin": {} }, "service": { "pipelines": { "traces": {} } } }"#, #"did you mean "tail_sampling"?"#),
        (#"{ "service": { "pipelines": {} } }"#, "a collector needs a pipeline"),
        (#"{ "service": { "pipelines": { "metrics": {} } } }"#, #"a pipeline is named "traces""#),
    ]

    @Test(arguments: mistakes) func `a mistake in a collector's file is told with its place`(text: String, message: String) {
        #expect { try CollectorConfiguration.read(Array(text.utf8), file: "collector.json") } throws: { "\($0)".contains(message) && "\($0)".contains("collector.json:1:") }
    }

    static let wrongPolicies: [(String, String)] = [
        (#""latancy""#, #"did you mean "latency"?"#), (#""latency""#, #""threshold_ms" is missing"#), (#""status_code", "status_code": { "status_codes": ["FAILED"] }"#, "no status is named"),
        (#""ottl_condition", "ottl_condition": { "span": ["attributes[total] > 1"] }"#, "is not understood"),
        (#""ottl_condition", "ottl_condition": { "span": ["attributes[\"total\"] >"] }"#, "is not understood at the end"),
        (#""string_attribute", "string_attribute": { "key": "a", "values": ["("], "enabled_regex_matching": true }"#, "is no regular expression"),
        (#""composite", "composite": { "max_total_spans_per_second": 1, "policy_order": ["b"], "composite_sub_policy": [{ "name": "a", "type": "always_sample" }] }"#, "no policy here is named"),
        (#""always_sample" }, { "name": "one", "type": "always_sample""#, #"two policies are named "one""#),
    ]

    @Test(arguments: wrongPolicies) func `a mistake in a policy is told`(policy: String, message: String) {
        #expect { try Self.configuration(#"{ "name": "one", "type": \#(policy) }"#) } throws: { "\($0)".contains(message) }
    }
}

extension [String: Value] {
    fileprivate var attributes: [Attribute] { sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) } }
}
