import Base
import Testing

@testable import Cluster

/// Requests that wait for the processor that a limit allows.
@Suite struct ProcessorTests {
    private static func spec(_ change: (inout DeploymentSpec) -> Void = { _ in }) -> DeploymentSpec {
        var spec = DeploymentSpec()
        spec.queuesForProcessor = true
        spec.usage.idleMillicores = 1
        spec.usage.millicoreSecondsPerRequest = 3
        spec.limits.millicores = 50
        change(&spec)
        return spec
    }

    @Test func `without a limit nobody waits`() {
        let spec = Self.spec { $0.limits.millicores = nil }
        #expect(spec.slots == nil)
        #expect(spec.effectiveHold == .zero)
    }

    @Test func `requests follow each other, each for its share of the processor`() {
        #expect(Self.spec().slots == 1)
        #expect(Self.spec().effectiveHold == .milliseconds(60))
        #expect(Self.spec { $0.limits.millicores = 500 }.effectiveHold == .milliseconds(6))
    }

    @Test func `a limit alone makes nobody wait where the deployment does not ask for it`() {
        #expect(Self.spec { $0.queuesForProcessor = false }.slots == nil)
    }

    @Test func `workers share the processor`() {
        let spec = Self.spec { $0.concurrency = DeploymentSpec.Concurrency(slots: 4, hold: .milliseconds(100)) }
        #expect(spec.slots == 4)
        #expect(spec.effectiveHold == .milliseconds(240))
    }

    @Test func `who waits for the processor keeps it at its limit and is throttled`() throws {
        let start = Timestamp(nanoseconds: 0)
        var controller = DeploymentController("db", Self.spec(), versions: [ReplicaSet.Version(name: "1", weight: 100)], in: .test, seed: 1, at: start)
        guard case .pod(let pod, let incarnation, _, let hasSlot) = controller.admit(at: start) else { Issue.record("no pod"); return }
        #expect(hasSlot)
        for _ in 0..<20 {
            guard case .pod(_, _, _, false) = controller.admit(at: start) else { Issue.record("no queue"); return }
        }
        for _ in 0..<16 { #expect(controller.leave(pod, incarnation: incarnation)) }
        controller.advance(to: start + .seconds(1))
        #expect(controller.pods[0].millicores == 50)
        #expect(controller.pods[0].throttledSeconds > 0.1)
        #expect(controller.pods[0].waiting == 4)
        controller.giveUp(pod, incarnation: incarnation)
        #expect(controller.pods[0].waiting == 3)
    }
}
