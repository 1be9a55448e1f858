import Base
import HTTP
import ShopTesting
import Telemetry
import Testing

@testable import Storefront

/// Services with pods, in simulated time.
@Suite struct PodTests {
    private static func pack(_ deployment: String, steps: String = #"{ "step": "answer", "do": "respond", "json": { "cents": 5 } }"#, more: String = "") -> TestPack {
        TestPack(
            routes: #""GET /": [ { "step": "price", "do": "call", "service": "prices", "path": "/" }, { "step": "answer", "do": "respond", "json": { "price": "{price.json.cents}" } } ]"#,
            [
                "services/prices.json": """
                { "version": "2.3", "port": 3001, "deployment": \(deployment), \(more) "routes": { "GET /": [ \(steps) ] } }
                """
            ])
    }

    /// Asks a service so many times at once; gives statuses in the order of the answers, 0 for connections that broke, with their times in milliseconds.
    private static func rush(_ count: Int, _ shop: Shop, _ service: String = "prices") async -> [(status: Int, milliseconds: Int)] {
        let start = shop.loop.now
        return await withTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: shop.loop) {
                    let response = await shop.get("/", from: service)
                    return (response.ending == .reset ? 0 : response.status, Int(((shop.loop.now - start).milliseconds).rounded()))
                }
            }
            var answers: [(status: Int, milliseconds: Int)] = []
            for await (status, time) in group { answers.append((status, time)) }
            return answers.sorted { $0.milliseconds < $1.milliseconds }
        }
    }

    @Test func `requests queue for the slots of a pod`() throws {
        try withShop(Self.pack(#"{ "concurrency": { "slots": 2, "holdMilliseconds": 100 } }"#)) { shop in
            let answers = await Self.rush(6, shop)
            #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 200])
            #expect(answers.map(\.milliseconds) == [100, 100, 200, 200, 300, 300])
            let spans = try await shop.spans(of: "prices").map { Int($0.milliseconds.rounded()) }
            #expect(spans.sorted() == [100, 100, 200, 200, 300, 300])
        }
    }

    @Test func `two replicas share the requests, and each has its own queue`() throws {
        try withShop(Self.pack(#"{ "replicas": 2, "concurrency": { "slots": 1, "holdMilliseconds": 100 } }"#)) { shop in
            let last = await Self.rush(20, shop).last?.milliseconds ?? 0
            #expect((1_000...1_600).contains(last))
        }
    }

    @Test func `without pods callers are refused, after the time that the deployment says`() throws {
        try withShop(Self.pack(#"{ "replicas": 0, "noEndpoints": { "connections": "refused", "forMilliseconds": 2000 } }"#)) { shop in
            let start = shop.loop.now
            let answer = await shop.get("/")
            #expect(answer.status == 500)
            #expect(answer.text.contains("refused the connection"))
            #expect(shop.loop.now - start >= .seconds(2))
            let isReachable = try await shop.with { $0.service(named: "prices")?.isReachable }
            #expect(isReachable == false)
        }
    }

    private static let hungry = #"""
        { "startSeconds": 5, "concurrency": { "slots": 1, "holdMilliseconds": 1000 }, "resources": { "limits": { "memory": "200Mi" } },
          "usage": { "memory": "100Mi", "memoryPerRequest": "50Mi" }, "noEndpoints": { "connections": "hang", "forMilliseconds": 12000 } }
        """#

    @Test func `a killed container loses who is inside, and those who wait for the next get through or break`() throws {
        let ended = #""logs": { "line": "{message}" }, "lifecycle": { "started": [ { "step": "told", "do": "log", "text": "listening" } ], "ended": [ { "step": "told", "do": "log", "level": "error", "text": "SIGTERM" } ] },"#
        try withShop(Self.pack(Self.hungry, more: ended)) { shop in
            // Two requests take all the memory there is: after a second the container is killed.
            let inside = await Self.rush(3, shop)
            #expect(inside.map(\.status) == [0, 0, 0])
            // It is back after 10 s of back-off and 5 s of start.
            let early = await Self.rush(1, shop)
            #expect(early.map(\.status) == [0])
            #expect(early[0].milliseconds == 12_000)
            let late = await Self.rush(1, shop)
            #expect(late.map(\.status) == [200])
            #expect((2_000..<6_000).contains(late[0].milliseconds))
            let events = try await shop.with { $0.recorder.events().elements }
            #expect(events.first?.title == "OOMKilled: Container prices was OOMKilled")
            #expect(events.first?.attributes["kube_deployment"] == "prices")
            let lines = try await shop.with { $0.recorder.logs().elements.filter { $0.message == "SIGTERM" } }
            #expect(lines.count == 1)
            let beginnings = try await shop.with { $0.recorder.logs().elements.filter { $0.message == "listening" } }
            #expect(beginnings.count == 1)
            #expect(beginnings[0].time > lines[0].time)
            #expect(lines.first?.attributes["pod_name"]?.text.hasPrefix("prices-") == true)
        }
    }

    @Test func `what a process keeps in its memory is gone with it`() throws {
        let steps = #"""
            { "step": "seen", "do": "cache.get", "key": "k" }, { "step": "kept", "do": "cache.set", "key": "k", "value": "yes" },
            { "step": "answer", "do": "respond", "json": { "cents": "{seen? | default: 'no'}" } }
            """#
        try withShop(Self.pack(#"{ "resources": { "limits": { "memory": "200Mi" } }, "usage": { "memory": "100Mi", "memoryLeakPerRequest": "40Mi" } }"#, steps: steps)) { shop in
            var seen: [String] = []
            for _ in 0..<3 { seen.append(await shop.get("/", from: "prices").text) }
            try await shop.loop.sleep(for: .seconds(30))
            seen.append(await shop.get("/", from: "prices").text)
            #expect(seen.map { $0.contains("yes") } == [false, true, true, false])
        }
    }

    @Test func `scaling is an edit of the wiring, which a reset takes back`() throws {
        try withShop(Self.pack("{}")) { shop in
            func names() async throws -> [String] { try await shop.with { $0.clusterDeployments[0].pods.map(\.name) } }
            func readyCount() async throws -> Int { try await shop.with { $0.clusterDeployments[0].readyCount } }
            let (first, fresh) = (try await names(), try await shop.with { try await $0.fingerprint() })
            try await shop.with { try await $0.scale("prices", to: 3) }
            #expect(try await names().count == 3)
            #expect(try await names()[0] == first[0])
            let source = try await shop.with { try $0.source(of: "prices") }
            #expect(source.contains("\"replicas\": 3"))
            #expect(try await readyCount() == 1)
            try await shop.loop.sleep(for: .seconds(10))
            #expect(try await readyCount() == 3)
            try await shop.with { try await $0.reset() }
            #expect(try await names() == first)
            let again = try await shop.with { try await $0.fingerprint() }
            #expect(again == fresh)
            await #expect(throws: ShopCore.Refusal.self) { try await shop.with { try await $0.scale("shop", to: 2) } }
        }
    }

    @Test func `a bad version beside the first has pods of its own, whatever it is called`() throws {
        let faults = """
            {
              "other": { "title": "Other", "shows": "Nothing", "fix": "None", "proof": {}, "patch": { "prices": { "description": "Other." } }, "deployment": { "service": "prices", "version": "2.4", "title": "Other" } },
              "bad": { "title": "Bad", "shows": "500", "fix": "None", "proof": {}, "canary": { "service": "prices", "version": "2.4", "weight": 50, "patch": { "GET /": [ { "do": "fail", "message": "bad" } ] } } }
            }
            """
        var pack = Self.pack(#"{ "replicas": 2 }"#)
        pack.files["faults.json"] = faults
        try withShop(pack) { shop in
            try await shop.with { core in
                try await core.switchOn("other")
                try await core.switchOn("bad")
            }
            try await shop.loop.sleep(for: .seconds(5))
            let answers = await Self.rush(40, shop)
            #expect(answers.count { $0.status == 200 } > 10)
            #expect(answers.count { $0.status == 500 } > 10)
            let sets = try await shop.with { Set($0.clusterDeployments[0].pods.map(\.replicaSet)) }
            #expect(sets.count == 2)
        }
    }

    @Test func `metrics tell of pods that are there, and of no others`() throws {
        try withShop(Self.pack(#"{ "replicas": 2, "usage": { "memory": "64Mi" }, "resources": { "limits": { "cpu": "250m" } } }"#)) { shop in
            func values(_ name: String) async throws -> [Double] { try await shop.points(name).map(\.value) }
            #expect(try await values("kubernetes.memory.usage") == [67_108_864, 67_108_864])
            #expect(try await values("kubernetes.cpu.limits") == [0.25, 0.25])
            try await shop.with { try await $0.scale("prices", to: 0) }
            try await shop.loop.sleep(for: .seconds(5))
            #expect(try await values("kubernetes.memory.usage") == [])
            #expect(try await values("kubernetes_state.deployment.replicas_available") == [0])
            try await shop.with { $0.forgetTelemetry() }
            try await shop.with { try await $0.scale("prices", to: 1) }
            try await shop.loop.sleep(for: .seconds(8))
            #expect(try await values("kubernetes_state.deployment.replicas_available") == [1])
        }
    }

    @Test func `a pod's network is what requests and answers weigh, while they come`() throws {
        try withShop(Self.pack("{}")) { shop in
            func rate(_ direction: String) async throws -> Double { try await shop.points("kubernetes.network.\(direction)_bytes").first?.value ?? -1 }
            #expect(try await [rate("rx"), rate("tx")] == [0, 0])
            for _ in 0..<10 { _ = await shop.get("/", from: "prices") }
            try await shop.loop.sleep(for: .milliseconds(1_100))
            let received = try await rate("rx")
            let sent = try await rate("tx")
            #expect((10.0 * 18..<10.0 * 200).contains(received), "GET / HTTP/1.1 and its headers: \(received)")
            #expect((10.0 * 30..<10.0 * 300).contains(sent), "{\"cents\":5} and its headers: \(sent)")
            try await shop.loop.sleep(for: .seconds(3))
            #expect(try await [rate("rx"), rate("tx")] == [0, 0])
        }
    }

    @Test func `phases, replica sets and the autoscaler are measured`() throws {
        let deployment = #"""
            { "usage": { "memory": "64Mi" }, "resources": { "requests": { "memory": "128Mi", "cpu": "1" } }, "startSeconds": 4,
              "autoscaler": { "name": "prices-hpa", "metric": "memory", "targetUtilization": 80, "minReplicas": 1, "maxReplicas": 4 } }
            """#
        try withShop(Self.pack(deployment)) { shop in
            func points(_ name: String, by label: String) async throws -> [String] {
                try await shop.points("kubernetes_state." + name).map { "\($0.labels[label] ?? "-") \(Int($0.value))" }.sorted()
            }
            #expect(try await points("pod.status_phase", by: "pod_phase") == ["Running 1"])
            try await shop.with { try await $0.scale("prices", to: 2) }
            try await shop.loop.sleep(for: .seconds(2))
            #expect(try await points("pod.status_phase", by: "pod_phase") == ["Pending 1", "Running 1"])
            let set = try await shop.with { $0.clusterDeployments[0].replicaSets[0].name }
            #expect(try await points("replicaset.replicas_ready", by: "kube_replica_set") == ["\(set) 1"])
            try await shop.loop.sleep(for: .seconds(14))
            #expect(try await points("pod.status_phase", by: "pod_phase") == ["Running 1", "Running 1"])
            #expect(try await points("replicaset.replicas_ready", by: "kube_replica_set") == ["\(set) 2"])
            for (name, value) in [("current", 50), ("target", 80), ("spec_target_metric", 80)] {
                #expect(try await points("horizontalpodautoscaler.metric.\(name)", by: "metric_name") == ["memory \(value)"])
            }
            #expect(try await points("hpa.status.desired_replicas", by: "horizontalpodautoscaler") == ["prices-hpa 2"])
            let wiring = try await shop.with { try $0.source(of: "prices") }.replacing(#""metric": "memory""#, with: #""metric": "cpu""#)
            try await shop.with { try await $0.deploy(JSONNode.parse(wiring.utf8, file: "prices.json"), to: "prices") }
            #expect(try await points("horizontalpodautoscaler.metric.target", by: "metric_name") == ["cpu 80"])
            #expect(try await points("horizontalpodautoscaler.metric.current", by: "metric_name") == [], "not asked yet")
        }
    }

    @Test func `pods are deleted at random, the same ones with the same seed`() throws {
        let killer = #""background": { "eviction": { "everyMilliseconds": 60000, "steps": [ { "step": "gone", "do": "pods.delete", "deployments": ["prices"] } ] } },"#
        func deleted(_ seed: UInt64) throws -> [String] {
            try withShop(Self.pack(#"{ "replicas": 3 }"#, more: killer), seed: seed) { shop in
                try await shop.loop.sleep(for: .seconds(310))
                return try await shop.with { $0.recorder.events().elements.filter { $0.attributes["reason"] == "Killing" }.compactMap { $0.attributes["pod_name"]?.text } }
            }
        }
        let first = try deleted(1)
        #expect(first.count == 5)
        #expect(try deleted(1) == first)
        #expect(try deleted(2) != first)
    }

    @Test func `a service without a deployment has no pods, metrics or events`() throws {
        try withShop(TestPack()) { shop in
            _ = await shop.get("/")
            let (isEmpty, names) = try await shop.with { ($0.clusterDeployments.isEmpty && $0.isClusterSettled, $0.recorder.metricFamilies().map(\.name)) }
            #expect(isEmpty)
            #expect(!names.contains { $0.hasPrefix("kubernetes") })
        }
    }
}

extension Shop {
    /// Series of a gauge as it is now.
    fileprivate func points(_ name: String) async throws -> [(labels: LabelSet, value: Double)] {
        try await with { core in
            core.refreshMetrics()
            return core.recorder.metricFamilies().filter { $0.name == name }.flatMap(\.points).compactMap { if case .number(let number) = $0.value { ($0.labels, number) } else { nil } }
        }
    }
}
