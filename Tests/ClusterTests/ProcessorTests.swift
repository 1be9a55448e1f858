import Base
import Testing

@testable import Cluster

/// Requests that wait for the processor that a limit allows.
@Suite struct ProcessorTests {
    private static func json(_ limit: String, _ more: String = "") -> String {
        #"{ "queueForProcessor": true, "usage": { "cpu": "1m", "cpuMillisecondsPerRequest": 3 }, \#(more) "resources": { "limits": { \#(limit) } } }"#
    }

    @Test func `without a limit nobody waits`() throws {
        let spec = try readSpec(Self.json(""))
        #expect(spec.slots == nil)
        #expect(spec.effectiveHold == .zero)
    }

    @Test(arguments: [("50m", 60), ("500m", 6), ("2", 1.5)]) func `requests follow each other, each for its share of the processor`(limit: String, milliseconds: Double) throws {
        let spec = try readSpec(Self.json(#""cpu": "\#(limit)""#))
        #expect(spec.slots == 1)
        #expect(spec.effectiveHold == .milliseconds(exactly: milliseconds))
    }

    @Test func `a limit alone makes nobody wait where the deployment does not ask for it`() throws {
        let spec = try readSpec(#"{ "usage": { "cpuMillisecondsPerRequest": 3 }, "resources": { "limits": { "cpu": "50m" } } }"#)
        #expect(spec.slots == nil)
    }

    @Test func `workers share the processor`() throws {
        let spec = try readSpec(Self.json(#""cpu": "50m""#, #""concurrency": { "slots": 4, "holdMilliseconds": 100 },"#))
        #expect(spec.slots == 4)
        #expect(spec.effectiveHold == .milliseconds(240))
    }

    @Test func `who waits for the processor keeps it at its limit and is throttled, and may give up`() throws {
        var controller = try DeploymentController.make(Self.json(#""cpu": "50m""#))
        let admissions = (0..<21).map { _ in controller.admit(at: start) }
        guard case .pod(let pod, let incarnation, _, true) = admissions[0], case .pod(_, _, _, false) = admissions[1] else {
            Issue.record("\(admissions[..<2])")
            return
        }
        for _ in 0..<16 {
            let isNext = controller.leave(pod, incarnation: incarnation)
            #expect(isNext)
        }
        controller.advance(to: at(1))
        #expect(controller.pods[0].millicores == 50)
        #expect(controller.pods[0].throttledSeconds > 0.1)
        #expect(controller.pods[0].waiting == 4)
        controller.giveUp(pod, incarnation: incarnation)
        #expect(controller.pods[0].waiting == 3)
    }
}
