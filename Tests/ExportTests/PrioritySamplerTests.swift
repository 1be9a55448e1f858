import Base
import Testing

@testable import Export

@Suite struct PrioritySamplerTests {
    private func sampler(_ answer: String) -> PrioritySampler {
        var sampler = PrioritySampler()
        sampler.update(from: Array(answer.utf8))
        return sampler
    }

    @Test func `without rates everything is kept and nobody has decided`() {
        #expect(PrioritySampler().decide(1, service: "ads", environment: "shop") == PrioritySampler.Decision(priority: 1, rate: nil))
        #expect(PrioritySampler().decide(1, service: "ads", environment: "shop").mechanism == 0)
    }

    @Test func `the rate of a service and environment wins over that of the rest`() {
        let sampler = sampler(#"{"rate_by_service":{"service:,env:":0,"service:ads,env:shop":1}}"#)
        #expect(sampler.decide(1, service: "ads", environment: "shop") == PrioritySampler.Decision(priority: 1, rate: 1))
        #expect(sampler.decide(1, service: "ads", environment: "other").priority == 0)
        #expect(sampler.decide(1, service: "store", environment: "shop") == PrioritySampler.Decision(priority: 0, rate: 0))
    }

    @Test(arguments: [0.1, 0.5, 0.9]) func `the share that is kept is the rate`(rate: Double) {
        let sampler = sampler("{\"rate_by_service\":{\"service:,env:\":\(rate)}}")
        var random = SeededRandom(seed: 1)
        let kept = (0..<20_000).count { _ in sampler.decide(random.next() >> 1, service: "ads", environment: "").priority == 1 }
        #expect(abs(Double(kept) / 20_000 - rate) < 0.01)
    }

    /// By the formula of Datadog's tracers, computed with Python: `(id * 1111111111111111111) % 2**64 <= rate * 2**64`.
    @Test(arguments: [(1, true), (2, true), (8, true), (9, false), (10, false), (11, false), (12_345_678_901, false), (9_223_372_036_854_775_807, true)] as [(UInt64, Bool)])
    func `decisions are those of Datadog's tracers`(trace: UInt64, isKept: Bool) {
        let sampler = sampler(#"{"rate_by_service":{"service:,env:":0.5}}"#)
        #expect(sampler.decide(trace, service: "ads", environment: "").priority == (isKept ? 1 : 0))
    }

    @Test(arguments: ["", "{}", "no JSON", #"{"rate_by_service":null}"#]) func `an answer without rates changes nothing`(answer: String) {
        var sampler = sampler(#"{"rate_by_service":{"service:,env:":0}}"#)
        sampler.update(from: Array(answer.utf8))
        #expect(sampler.decide(1, service: "ads", environment: "").priority == 0)
    }

    @Test func `an empty table takes the rates away`() {
        var sampler = sampler(#"{"rate_by_service":{"service:,env:":0}}"#)
        sampler.update(from: Array(#"{"rate_by_service":{}}"#.utf8))
        #expect(sampler.decide(1, service: "ads", environment: "").priority == 1)
    }
}
