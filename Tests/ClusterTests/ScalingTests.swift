import Base
import Testing

@testable import Cluster

@Suite struct ScalingTests {
    static let courses: [(usage: Double?, replicas: Int, reasons: [String])] = [
        (nil, 1, ["SucceededGetScale", "FailedGetResourceMetric"]), (6, 1, ["ReadyForNewScale", "ValidMetricFound", "TooFewReplicas"]),
        (81, 1, ["ReadyForNewScale", "ValidMetricFound", "DesiredWithinRange"]), (95, 4, ["ReadyForNewScale", "ValidMetricFound", "TooManyReplicas"]),
        (20, 4, ["ScaleDownStabilized", "ValidMetricFound", "DesiredWithinRange"]),
    ]

    @Test(arguments: courses) func `the autoscaler's conditions say how it gets on`(usage: Double?, replicas: Int, reasons: [String]) throws {
        let spec = try readSpec(#"{ "autoscaler": { "metric": "memory", "targetUtilization": 80, "minReplicas": 1, "maxReplicas": 4 } }"#)
        let conditions = try #require(spec.autoscaler?.conditions(usage, replicas: replicas))
        #expect(conditions.map(\.reason) == reasons)
        #expect(conditions.map(\.type) == Array(["AbleToScale", "ScalingActive", "ScalingLimited"].prefix(reasons.count)))
    }

    private static let web = #"{ "replicas": 1, "startSeconds": 1, "readinessProbe": { "initialDelaySeconds": 2, "periodSeconds": 1 } }"#

    @Test func `a new pod is scheduled, created and started before it is ready`() throws {
        var web = try DeploymentController.make(Self.web)
        web.scale(to: 2, at: start)
        var seen: [String] = []
        web.run(to: 8) { web, _ in seen.append(web.pods[1].status + (web.pods[1].isReady ? " 1/1" : " 0/1")) }
        #expect(seen == ["ContainerCreating 0/1", "ContainerCreating 0/1", "ContainerCreating 0/1", "Running 0/1", "Running 0/1", "Running 1/1", "Running 1/1", "Running 1/1"])
        let set = web.replicaSets[0].name
        #expect(web.event("ScalingReplicaSet")?.message == "Scaled up replica set \(set) to 2 from 1")
        #expect(web.event("SuccessfulCreate")?.message == "Created pod: \(web.pods[1].name)")
        #expect(web.event("Scheduled")?.message == "Successfully assigned shop/\(web.pods[1].name) to node-1")
    }

    @Test func `without pods connections are refused, or hang`() throws {
        var web = try DeploymentController.make(Self.web)
        web.scale(to: 0, at: start)
        let refused = web.admit(at: start)
        #expect(refused == .refused)
        #expect(!web.isReachable)
        web.run(to: 3)
        #expect(web.pods.isEmpty)
        #expect(web.event("ScalingReplicaSet")?.message == "Scaled down replica set \(web.replicaSets[0].name) to 0 from 1")
        var patient = try DeploymentController.make(#"{ "replicas": 0, "noEndpoints": { "connections": "hang", "forMilliseconds": 2500 } }"#)
        #expect(patient.isReachable)
        let hanging = patient.admit(at: start)
        #expect(hanging == .hanging(.milliseconds(2_500)))
    }

    @Test func `a deleted pod finishes its requests while another takes its place`() throws {
        var web = try DeploymentController.make(#"{ "replicas": 2, "endpointLagMilliseconds": 1000 }"#)
        let pod = web.pods[0].name
        while web.pods[0].busy == 0 { _ = web.admit(at: start) }
        web.delete(pod, at: at(1))
        #expect(web.statuses == ["Terminating", "Running", "Pending"])
        let soon = (0..<40).map { _ in web.admit(at: at(1.5)) }
        #expect(soon.contains(.broken), "the endpoint is still there")
        let later = (0..<40).map { _ in web.admit(at: at(2)) }
        #expect(!later.contains(.broken))
        web.run(to: 10, from: 2)
        #expect(web.isAlive(pod, incarnation: 1))
        for _ in 0..<100 { _ = web.leave(pod, incarnation: 1) }
        #expect(web.readyCount == 2)
        web.run(to: 11, from: 10)
        #expect(!web.pods.map(\.name).contains(pod))
        let lost = web.takeLost()
        #expect(lost == [])
    }

    @Test func `what a deleted pod has not finished in time is lost`() throws {
        var web = try DeploymentController.make(#"{ "terminationGraceSeconds": 30 }"#)
        let pod = web.pods[0].name
        _ = web.admit(at: start)
        web.delete(pod, at: start)
        web.run(to: 29)
        let early = web.takeLost()
        web.run(to: 31, from: 29)
        let late = web.takeLost()
        #expect(early == [])
        #expect(late == [DeploymentController.Loss(pod: pod, isEnd: false)])
    }

    @Test func `one of two replicas can have another version`() throws {
        let versions = [ReplicaSet.Version(name: "1", weight: 50), ReplicaSet.Version(name: "2", weight: 50)]
        var web = try DeploymentController.make(#"{ "replicas": 2 }"#, versions: versions)
        #expect(web.replicaSets.map(\.replicas) == [1, 1])
        var counts = [0, 0]
        for _ in 0..<1_000 { if case .pod(_, _, let version, _) = web.admit(at: start) { counts[version] += 1 } }
        #expect(counts.allSatisfy { $0 > 400 })
        web.update(web.spec, versions: [ReplicaSet.Version(name: "2", weight: 100)], at: start)
        #expect(web.pods.count { !$0.isTerminating } == 2)
        #expect(web.event("ScalingReplicaSet")?.message.hasSuffix("to 0 from 1") == true)
    }

    @Test func `a new version takes over without a gap`() throws {
        var web = try DeploymentController.make(#"{ "replicas": 3 }"#)
        let old = Set(web.pods.map(\.name))
        web.update(web.spec, versions: [ReplicaSet.Version(name: "2", weight: 100)], at: start)
        #expect(web.readyCount == 3)
        web.run(to: 3)
        #expect(web.pods.count == 3)
        #expect(old.isDisjoint(with: web.pods.map(\.name)))
    }

    @Test(arguments: [(160.0, 2, 4), (80, 2, 2), (85, 2, 2), (90, 2, 3), (500, 1, 5), (20, 8, 2), (0, 8, 1), (1_000, 9, 10)])
    func `the autoscaler wants ceil(replicas × usage / target)`(utilization: Double, replicas: Int, wanted: Int) {
        #expect(HorizontalPodAutoscaler().wanted(for: utilization, replicas: replicas) == wanted)
    }

    private static let scaled = #"""
        { "resources": { "requests": { "cpu": "100m" } }, "usage": { "cpu": "5m", "cpuMillisecondsPerRequest": 2 },
          "autoscaler": { "metric": "cpu", "targetUtilization": 70, "minReplicas": 1, "maxReplicas": 10, "scaleDownWindowSeconds": 60 } }
        """#

    @Test func `under load there are more pods, and fewer some time after it`() throws {
        var web = try DeploymentController.make(Self.scaled)
        var counts: [Int] = []
        web.run(to: 300) { web, second in
            // 108 requests each second for two minutes: 221m.
            if second <= 120 {
                for _ in 0..<108 { if case .pod(let name, let incarnation, _, _) = web.admit(at: at(Double(second))) { _ = web.leave(name, incarnation: incarnation) } }
            }
            if second % 15 == 0 { counts.append(web.replicas) }
        }
        #expect(counts[0] == 4, "221 % of the request over 70 %")
        #expect(counts.max() == 4)
        #expect(counts.last == 1)
        #expect(web.events.first { $0.reason == "SuccessfulRescale" }?.message == "New size: 4; reason: cpu resource utilization (percentage of request) above target")
    }

    @Test func `an autoscaler that looks at memory does not see a busy processor`() throws {
        var web = try DeploymentController.make(
            #"{ "resources": { "requests": { "memory": "300Mi" } }, "usage": { "memory": "90Mi", "cpuMillisecondsPerRequest": 2 }, "autoscaler": { "metric": "memory" } }"#)
        web.run(to: 60) { web, second in
            for _ in 0..<108 { if case .pod(let name, let incarnation, _, _) = web.admit(at: at(Double(second))) { _ = web.leave(name, incarnation: incarnation) } }
        }
        #expect(web.replicas == 1)
        #expect(web.utilization == 30)
        #expect(web.events.isEmpty)
    }

    @Test func `without a measured pod the autoscaler complains`() throws {
        var web = try DeploymentController.make(
            #"{ "startSeconds": 10, "resources": { "limits": { "memory": "100Mi" }, "requests": { "memory": "50Mi" } }, "usage": { "memory": "60Mi", "memoryPerRequest": "100Mi" }, "autoscaler": { "metric": "memory" } }"#)
        _ = web.admit(at: start)
        web.run(to: 16)
        #expect(web.reasons.contains("FailedGetResourceMetric"))
        #expect(web.event("FailedComputeMetricsReplicas")?.message.hasPrefix("invalid metrics (1 invalid out of 1)") == true)
        #expect(web.utilization == nil)
    }

    @Test func `a schedule scales at the same time of every period`() throws {
        var web = try DeploymentController.make(
            #"{ "schedule": [ { "everySeconds": 60, "atSecond": 10, "replicas": 3 }, { "everySeconds": 60, "atSecond": 40, "replicas": 1 } ] }"#)
        var changes: [Int: Int] = [:]
        var last = 1
        web.run(to: 130) { web, second in
            if web.replicas != last { changes[second] = web.replicas }
            last = web.replicas
        }
        #expect(changes == [10: 3, 40: 1, 70: 3, 100: 1, 130: 3])
        #expect(try DeploymentController.make(#"{ "schedule": [ { "replicas": 3 } ] }"#).nextMoment(after: start) == at(43_200), "midnight, twelve hours later")
    }
}
