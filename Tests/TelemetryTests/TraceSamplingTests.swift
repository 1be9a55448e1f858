import Base
import Testing

@testable import Telemetry

@Suite struct TraceSamplingTests {
    private static let rules = [
        XRaySamplingRule(name: "orders", method: "POST", path: "/cart/*", reservoir: 0, rate: 1),
        XRaySamplingRule(name: "Default", reservoir: 1, rate: 0.05),
    ]

    private struct Visit {
        var context: TraceContext
        var path = "/"
        var method = "GET"
        var hasCaller = false
        var milliseconds: Int64 = 0
    }

    /// What is decided about visits of one service, in their order.
    private func decide(_ visits: [Visit], rules: [XRaySamplingRule] = Self.rules, _ recorder: Recorder = Recorder()) -> [Bool] {
        visits.map { visit in
            var context = visit.context
            recorder.sampling.decide(
                &context, hasCaller: visit.hasCaller, TraceSampling.Request(host: "shop", method: visit.method, path: visit.path), service: "Frontend", rules: rules,
                at: Timestamp(nanoseconds: visit.milliseconds * 1_000_000), metrics: recorder.metrics)
            #expect(recorder.sampling.isSampled(context.trace) == context.isSampledByAmazon)
            return context.isSampledByAmazon
        }
    }

    private func fresh(_ number: UInt64) -> TraceContext { TraceContext(trace: TraceID(high: 1 << 32, low: number), parent: 0) }

    @Test func `the first request of each second is kept, and a twentieth of the others`() {
        let visits = (0..<20_000).map { Visit(context: fresh(UInt64($0) + 1), milliseconds: Int64($0)) }
        let kept = decide(visits)
        #expect((0..<20).allSatisfy { kept[$0 * 1_000] })
        let others = kept.count { $0 } - 20
        #expect((900...1_100).contains(others), "\(others)")
        #expect(decide(visits) == kept)
    }

    @Test func `rules are tried in their order`() {
        #expect(decide((1...50).map { Visit(context: fresh($0), path: "/cart/order", method: "POST") }).allSatisfy { $0 })
        #expect(decide((1...50).map { Visit(context: fresh($0), path: "/cart/order") }).count { $0 } < 10)
        #expect(decide((1...50).map { Visit(context: fresh($0)) }, rules: []).allSatisfy { $0 })
    }

    @Test func `what a caller has decided stands`() {
        var kept = fresh(1)
        kept.amazon = AmazonFields(decision: .sampled)
        var dropped = fresh(2)
        dropped.amazon = AmazonFields(decision: .unsampled)
        var flagged = fresh(3)
        flagged.priority = 0
        let never = [XRaySamplingRule(name: "never", reservoir: 0, rate: 0)]
        #expect(decide([kept, dropped, flagged].map { Visit(context: $0, hasCaller: true) }, rules: never) == [true, false, false])
        var asking = fresh(4)
        asking.amazon = AmazonFields(decision: .asked)
        #expect(decide([Visit(context: asking, hasCaller: true)], rules: never) == [false])
        #expect(decide([Visit(context: asking, hasCaller: true)], rules: []) == [true])
    }

    @Test func `decisions are counted by rule, and forgotten with the telemetry`() {
        let recorder = Recorder()
        _ = decide((1...10).map { Visit(context: fresh($0)) }, rules: [XRaySamplingRule(name: "few", reservoir: 2, rate: 0)], recorder)
        let counts = recorder.metrics.snapshot().filter { $0.name.hasPrefix("aws.xray.sampling") }.map { $0.points.map(\.value) }
        #expect(counts == [[.number(10)], [.number(2)]])
        #expect(recorder.sampling.decision(of: fresh(10).trace) == TraceSampling.Decision(isSampled: false, rule: "few"))
        recorder.reset()
        #expect(recorder.sampling.decision(of: fresh(10).trace) == nil && recorder.sampling.isSampled(fresh(10).trace))
    }

    @Test func `old decisions are forgotten, the newest are not`() {
        let recorder = Recorder(limits: Recorder.Limits(spans: 10))
        _ = decide((1...100).map { Visit(context: fresh($0)) }, rules: [XRaySamplingRule(name: "none", reservoir: 0, rate: 0)], recorder)
        #expect((91...100).allSatisfy { !recorder.sampling.isSampled(fresh($0).trace) })
        #expect(recorder.sampling.decision(of: fresh(1).trace) == nil)
    }

    @Test(arguments: [
        ("/cart/order", "/cart/*", true), ("/cart", "/cart/*", false), ("/cart", "*", true), ("/cart", "/c?rt", true), ("/cart", "/c?", false), ("/a/b/c", "*/b/*", true),
        ("/abab", "*ab", true), ("/abac", "*ab", false), ("", "*", true), ("", "?", false), ("/x", "/x**", true),
    ])
    func `wildcards`(text: String, pattern: String, fits: Bool) {
        #expect(Wildcards.fit(Array(text.utf8)[...], Array(pattern.utf8)[...]) == fits)
    }

    @Test func `documents of others are kept within a limit of bytes`() {
        var received = ReceivedSegments(byteLimit: 100)
        for number in 1...30 { received.append(ReceivedSegments.Document(trace: TraceID(high: 0, low: UInt64(number)), text: "0123456789")) }
        #expect(received.documents.count <= 10 && received.documents.count + received.dropped == 30)
        #expect(received.documents.last?.trace.low == 30)
    }
}
