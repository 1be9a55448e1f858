import Base
import Testing

@testable import Cluster

@Suite struct ProbeTests {
    /// Two slots of a second each: 9 that wait are 4.5 s.
    private static func busy(_ probes: String, waiting: Int = 9) throws -> DeploymentController {
        var web = try DeploymentController.make(#"{ "concurrency": { "slots": 2, "holdMilliseconds": 1000 }, \#(probes) }"#)
        for _ in 0..<waiting + 2 { _ = web.admit(at: start) }
        return web
    }

    private static let settings = #"{ "path": "/health", "port": 8080, "initialDelaySeconds": 5, "periodSeconds": 3, "timeoutSeconds": 4 }"#

    @Test func `a slow pod is not ready after three failures and ready again after one success`() throws {
        var web = try Self.busy(#""readinessProbe": \#(Self.settings)"#)
        var unready: [Int] = []
        web.run(to: 20) { web, second in
            if !web.pods[0].isReady { unready.append(second) }
            // It gets rid of its queue from second 12 on.
            if second == 12 { for _ in 0..<3 { _ = web.leave(web.pods[0].name, incarnation: 1) } }
        }
        #expect(unready == [11, 12, 13])
        #expect(web.pods[0].restarts == 0)
        #expect(web.event("Unhealthy")?.count == 3)
        #expect(
            web.event("Unhealthy")?.message
                == "Readiness probe failed: Get \"http://\(web.pods[0].address):8080/health\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
    }

    @Test func `a pod that is just quick enough passes`() throws {
        var web = try Self.busy(#""readinessProbe": \#(Self.settings)"#, waiting: 8)
        web.run(to: 30)
        #expect(web.pods[0].isReady)
        #expect(web.events.isEmpty)
    }

    @Test func `a slow container that fails its liveness probe is restarted`() throws {
        var web = try Self.busy(#""livenessProbe": \#(Self.settings)"#)
        web.run(to: 30)
        #expect(web.pods[0].restarts == 1)
        #expect(web.pods[0].lastTermination?.exitCode == 143)
        #expect(web.pods[0].lastTermination?.finishedAt == at(11))
        #expect(web.event("Killing")?.message == "Container web failed liveness probe, will be restarted")
        #expect(web.pods[0].isReady)
        #expect(web.pods[0].waiting == 0)
    }

    @Test func `a container that has not started yet refuses the probe`() throws {
        var web = try DeploymentController.make(#"{ "replicas": 0, "startSeconds": 10, "readinessProbe": { "periodSeconds": 3 } }"#)
        web.scale(to: 1, at: start)
        web.run(to: 20)
        #expect(web.event("Unhealthy")?.message == "Readiness probe failed: Get \"http://\(web.pods[0].address):80/\": dial tcp \(web.pods[0].address):80: connect: connection refused")
        #expect(web.pods[0].isReady)
    }
}
