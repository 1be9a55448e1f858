import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// kubectl's commands against a shop on real sockets.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct ClusterCommandTests {
    private static func folder(_ deployment: String) throws -> PackFolder {
        try PackFolder(["services/prices.json": [("\"version\":", "\"deployment\": \(deployment),\n  \"version\":")]])
    }

    private static func run(_ words: String, _ folder: PackFolder) throws -> String {
        let result = try ChildHost.run(words.split(separator: " ").map(String.init), controlFile: folder.folder + "/control.json")
        guard result.status == 0 else { throw Unexpected("\(words): \(result.complaint)") }
        return result.output
    }

    @Test func `without pods connections are refused, and taken again when one is ready`() throws {
        let folder = try Self.folder(#"{ "startSeconds": 0.1, "usage": { "cpu": "3m", "memory": "90Mi" } }"#)
        try Guest.visit(folder.configuration { $0.seed = 5 }) { guest in
            let fresh = try await guest.fingerprint()
            let first = try Self.run("get pods", folder)
            #expect(first.wholeMatch(of: /NAME +READY   STATUS    RESTARTS   AGE\nprices-\w{10}-\w{5}   1\/1     Running   0          \d+s\n/) != nil, "\(first)")
            #expect(try Self.run("top pods", folder).contains(/prices-\w{10}-\w{5}   3m           90Mi\n/))
            #expect(try Self.run("scale prices=0", folder) == "deployment.apps/prices scaled\n")
            #expect(try await guest.eventually { try await guest.isRefused("prices") })
            #expect(try await guest.get("store", "/").status == 500)
            #expect(try await guest.eventually { try Self.run("get pods -l name=prices", folder) == "No resources found in test namespace.\n" })
            #expect(try Self.run("get deployments", folder).contains(/prices   0\/0     0            0           \d+s\n/))
            #expect(try await guest.observe("/metrics").text.contains(/kubernetes_state_deployment_replicas_available\{[^}]*kube_deployment="prices"[^}]*\} 0\n/))
            #expect(try Self.run("scale deployment/prices --replicas=1", folder) == "deployment.apps/prices scaled\n")
            #expect(try await guest.eventually { try await !guest.isRefused("prices") })
            #expect(try await guest.get("store", "/").status == 200)
            let events = try Self.run("get events", folder)
            #expect(events.contains(/\d+s +Normal +ScalingReplicaSet +deployment\/prices +Scaled down replica set prices-\w{10} to 0 from 1\n/), "\(events)")
            #expect(events.contains("Started container prices"))
            let seen = try await guest.observe("/api/events?kind=kubernetes").json["data"]?.elements ?? []
            #expect(seen.contains { $0["attributes"]?["reason"] == "ScalingReplicaSet" && $0["attributes"]?["kube_deployment"] == "prices" })
            #expect(try await guest.fingerprint() != fresh)
            try await guest.command("POST", "/v1/reset")
            #expect(try await guest.fingerprint() == fresh)
            #expect(try Self.run("get pods", folder).contains(first.split(separator: "\n")[1].prefix(23)))
        }
    }

    @Test func `while a container starts again, connections hang and get through`() throws {
        let folder = try Self.folder(
            #"""
            { "startSeconds": 1, "restartBackOff": { "initialSeconds": 3 }, "noEndpoints": { "connections": "hang", "forMilliseconds": 15000 },
              "resources": { "limits": { "memory": "100Mi" } }, "usage": { "memory": "10Mi", "memoryLeakPerRequest": "200Mi" } }
            """#)
        try Guest.visit(folder.configuration()) { guest in
            #expect(try await guest.get("prices", "/prices").status == 200)
            // The answer before has used up the memory: within a second the container is killed.
            #expect(try await guest.eventually { try Self.run("get pods", folder).contains("0/1") })
            let answer = try await guest.get("prices", "/prices")
            #expect(answer.status == 200)
            #expect(answer.timings.total > .milliseconds(300))
            let pod = try Self.run("get pods", folder).split(separator: "\n")[1].prefix { $0 != " " }
            let description = try Self.run("describe pod \(pod)", folder)
            #expect(description.contains(/Last State: +Terminated\n +Reason: +OOMKilled\n +Exit Code: +137\n/), "\(description)")
            #expect(description.contains("Back-off restarting failed container prices in pod \(pod)_test("))
        }
    }

    @Test func `an autoscaler is described with what it sees and why it does nothing`() throws {
        let folder = try Self.folder(
            #"""
            { "usage": { "memory": "24Mi" }, "resources": { "requests": { "memory": "300Mi" }, "limits": { "cpu": "300m", "memory": "1000Mi" } },
              "autoscaler": { "name": "prices-hpa-broken", "metric": "memory", "targetUtilization": 80, "minReplicas": 1, "maxReplicas": 10 } }
            """#)
        try Guest.visit(folder.configuration()) { guest in
            #expect(try await guest.get("prices", "/prices").status == 200)
            let list = try Self.run("get hpa", folder)
            #expect(list.contains(/prices-hpa-broken   Deployment\/prices   (<unknown>|8%)\/80% +1         10        1          \d+s\n/), "\(list)")
            let fresh = try Self.run("describe hpa prices-hpa-broken", folder)
            #expect(fresh.contains(/Reference: +Deployment\/prices\n/), "\(fresh)")
            #expect(fresh.contains(/Resource memory on pods: +<unknown> \/ 80%\n/), "\(fresh)")
            #expect(fresh.contains(/ScalingActive +False +FailedGetResourceMetric/), "\(fresh)")
            #expect(fresh.contains(/1 current \/ 1 desired\n/), "\(fresh)")
            #expect(fresh.hasSuffix("Events:\n  <none>\n"), "\(fresh)")
            let pod = try Self.run("get pods", folder).split(separator: "\n")[1].prefix { $0 != " " }
            let description = try Self.run("describe pod \(pod)", folder)
            #expect(description.contains(/Limits:\n +cpu: +300m\n +memory: +1000Mi\n +Requests:\n +memory: +300Mi\n/), "\(description)")
        }
    }

    @Test func `logs are those of one service`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            _ = try await guest.get("store", "/")
            let lines = try await guest.command("GET", "/v1/logs?service=prices")["lines"]?.elements ?? []
            #expect(!lines.isEmpty)
            #expect(try Self.run("logs prices", folder) == lines.map { $0.text + "\n" }.joined())
            #expect(try Self.run("logs deployment/prices --tail 1", folder) == (lines.last?.text ?? "") + "\n")
        }
    }

    @Test func `who types something wrong is told what is right`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { _ in
            for (words, complaint) in [
                ("get podz", "did you mean \"pods\"?"), ("scale prices", "scale needs DEPLOYMENT=N"), ("scale prices=2", "has no deployment to scale"),
                ("scale price=2", "did you mean \"prices\"?"), ("logs price", "did you mean \"prices\"?"),
            ] {
                let result = try ChildHost.run(words.split(separator: " ").map(String.init), controlFile: folder.folder + "/control.json")
                #expect(result.status != 0)
                #expect(result.complaint.contains(complaint), "\(words): \(result.complaint)")
            }
        }
    }
}
