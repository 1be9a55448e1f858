import Base
import Testing

@testable import Cluster

@Suite struct ContainerTests {
    @Test func `the first pods are ready, with names, addresses and restarts behind them`() throws {
        let web = try DeploymentController.make(#"{ "replicas": 2, "restarts": 42 }"#)
        #expect(web.statuses == ["Running", "Running"])
        #expect(web.pods.allSatisfy { $0.isReady && $0.restarts == 42 && $0.name.wholeMatch(of: /web-[b-z2-9]{10}-[b-z2-9]{5}/) != nil })
        #expect(Set(web.pods.map(\.name)).count == 2)
        #expect(Set(web.pods.map(\.address)).count == 2)
        #expect(web.events.isEmpty)
        #expect(web.nextMoment(after: start) == nil, "nothing happens while nobody comes")
    }

    @Test func `the same seed gives the same names, another one others`() throws {
        let names = try [1, 1, 2].map { try DeploymentController.make("{}", seed: $0).pods[0].name }
        #expect(names[0] == names[1])
        #expect(names[0] != names[2])
    }

    private static let hungry = #"{ "resources": { "limits": { "memory": "200Mi" } }, "usage": { "memory": "100Mi", "memoryPerRequest": "200Mi", "memoryGrowthPerSecond": "25Mi" }, "startSeconds": 5 }"#

    @Test func `a container that needs too much memory is killed, waits and starts again`() throws {
        var web = try DeploymentController.make(Self.hungry)
        let admission = web.admit(at: start)
        #expect(admission == .pod(name: web.pods[0].name, incarnation: 1, version: 0, hasSlot: true))
        var statuses: [String] = []
        web.run(to: 22) { statuses.append($0.statuses[0] + ($1 >= 0 && $0.pods[0].isReady ? " 1/1" : " 0/1")) }
        #expect(
            statuses == Array(repeating: "Running 1/1", count: 3) + Array(repeating: "OOMKilled 0/1", count: 2) + Array(repeating: "CrashLoopBackOff 0/1", count: 8)
                + Array(repeating: "Running 0/1", count: 5) + Array(repeating: "Running 1/1", count: 4))
        #expect(web.pods[0].restarts == 1)
        #expect(web.pods[0].lastTermination == Pod.Termination(reason: "OOMKilled", exitCode: 137, startedAt: start, finishedAt: at(4)))
        let lost = web.takeLost()
        #expect(lost == [DeploymentController.Loss(pod: web.pods[0].name, isEnd: true)])
        #expect(web.reasons == ["OOMKilled", "BackOff", "Pulled", "Created", "Started"])
        #expect(web.event("BackOff")?.count == 2)
    }

    @Test func `requests that came into an earlier container are lost`() throws {
        var web = try DeploymentController.make(Self.hungry)
        let pod = web.pods[0].name
        _ = web.admit(at: start)
        #expect(web.isAlive(pod, incarnation: 1))
        web.run(to: 20)
        #expect(!web.isAlive(pod, incarnation: 1))
        let hasNext = web.leave(pod, incarnation: 1)
        #expect(!hasNext)
        #expect(web.pods[0].busy == 0)
    }

    @Test(arguments: [(0, 10), (1, 20), (2, 40), (4, 160), (5, 300), (60, 300)]) func `the back-off doubles up to its maximum`(ends: Int, seconds: Int) {
        #expect(BackOff().delay(after: ends) == .seconds(seconds))
    }

    @Test func `a container that ran for ten minutes is forgiven`() throws {
        var web = try DeploymentController.make(#"{ "resources": { "limits": { "memory": "200Mi" } }, "usage": { "memory": "100Mi", "memoryPerRequest": "200Mi" } }"#)
        func crash(_ second: Int) -> Int {
            let pod = web.pods[0]
            _ = web.admit(at: at(Double(second)))
            web.run(to: second + 60, from: second)
            return Int((web.pods[0].startedAt - (web.pods[0].lastTermination?.finishedAt ?? pod.createdAt)).components.seconds)
        }
        let waits = [crash(0), crash(100), crash(1_000)]
        #expect(waits == [10, 20, 10])
    }

    @Test func `memory that leaks stays until the container ends`() throws {
        var web = try DeploymentController.make(#"{ "usage": { "memory": "100Mi", "memoryLeakPerRequest": "1Mi" } }"#)
        let pod = web.pods[0].name
        for _ in 0..<50 {
            _ = web.admit(at: start)
            _ = web.leave(pod, incarnation: 1)
        }
        web.run(to: 5)
        #expect(web.pods[0].mebibytes == 150)
        #expect(web.nextMoment(after: at(5)) == nil)
    }

    @Test func `processor time follows requests, up to the limit`() throws {
        var web = try DeploymentController.make(#"{ "resources": { "limits": { "cpu": "300m" } }, "usage": { "cpu": "5m", "cpuMillisecondsPerRequest": 2 } }"#)
        let pod = web.pods[0].name
        func serve(_ count: Int, _ second: Int) {
            for _ in 0..<count {
                _ = web.admit(at: at(Double(second)))
                _ = web.leave(pod, incarnation: 1)
            }
            web.run(to: second + 1, from: second)
        }
        serve(100, 0)
        #expect(web.pods[0].millicores == 205)
        #expect(web.pods[0].throttledSeconds == 0)
        serve(295, 1)
        #expect(web.pods[0].millicores == 300)
        #expect(abs(web.pods[0].throttledSeconds - (1 - 300.0 / 595)) < 1e-9)
        serve(0, 2)
        #expect(web.pods[0].millicores == 5)
    }
}
