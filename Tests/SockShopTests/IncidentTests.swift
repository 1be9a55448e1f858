import Base
import Query
import Testing

@testable import Load
@testable import Proving
@testable import Storefront

/// The incidents as guides tell them: whole load journeys in simulated time, and their figures.
@Suite struct IncidentTests {
    @Test func `incident 1: three thousand visitors crash the front-end six times in five minutes`() throws {
        let run = try IncidentRun.of(
            "incident-1", "crowd",
            queries: [
                "event source:kubernetes OOMKilled kube_namespace:sock-shop", "log kube_namespace:sock-shop SIGTERM", "log OOMKilled",
                "event kube_deployment:front-end reason:BackOff", "event kube_deployment:front-end reason:Killing",
                "log kube_namespace:sock-shop service:front-end status:error", "event kube_namespace:sock-shop \"Connection refused\"",
            ],
            metrics: [
                "avg:kubernetes.memory.usage{kube_namespace:sock-shop AND pod_name:front-end*}", "avg:kubernetes.cpu.usage{kube_namespace:sock-shop AND pod_name:front-end*}",
                "max:kubernetes.containers.restarts{kube_namespace:sock-shop AND pod_name:front-end*}",
            ])
        #expect(run.restarts == 6)
        #expect(run.others == 0)
        #expect((55...65).contains(run.failedPercent), "\(run.failedPercent) % of \(run.statistics.requests)")
        #expect((35_000...50_000).contains(run.statistics.requests))
        #expect(run.most.mebibytes > 900)
        #expect(run.matches[0] == 6)
        #expect(run.matches[1] > 0)
        #expect(run.matches[2] == 0, "the truth is in the events only")
        #expect(run.matches[3] == 19)
        #expect(run.matches[4] == 0)
        #expect(run.matches[5] > 0)
        #expect(run.matches[6] > 0, "whoever asks a container that starts")
        #expect(run.allRestarts == 48, "42 before it")
        #expect(run.values[0].max() ?? 0 > 850 * 1_048_576 && run.values[0].min() ?? 0 < 300 * 1_048_576, "a sawtooth")
        #expect(run.values[1].max() ?? 0 > 280e6, "a plateau at 300m")
        #expect(run.values[2].first == 42 && run.values[2].last == 48)
    }

    @Test func `incident 1: eight replicas take three thousand visitors`() throws {
        let run = try IncidentRun.of("incident-1", "crowd", seconds: 85, replicas: 8, instrumentation: .none)
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 1)
    }

    @Test func `incident 2: a slow front-end is killed for being slow`() throws {
        let run = try IncidentRun.of(
            "incident-2", "hybrid", queries: [
                "event kube_deployment:front-end reason:OOMKilled", "event reason:Killing \"failed liveness probe\"", "log SIGTERM",
                "log kube_namespace:sock-shop (\"Connection refused\" OR SIGTERM OR \"Connection timeout\")",
                "log kube_namespace:sock-shop (service:sock-shop-front-end OR service:sock-shop-catalogue OR service:sock-shop-user)",
                "log kube_namespace:sock-shop status:error", "log kube_namespace:sock-shop (service:mongodb OR service:redis)",
                "log kube_namespace:sock-shop service:locust Aggregated", "log kube_namespace:sock-shop pod_name:locust*",
            ],
            metrics: [
                "avg:kubernetes.cpu.usage.total{kube_namespace:sock-shop} by {pod_name}", "avg:kubernetes.memory.usage{kube_namespace:sock-shop} by {pod_name}",
                "avg:kubernetes.cpu.cfs.throttled.seconds{kube_namespace:sock-shop} by {pod_name}", "avg:kubernetes.network.rx_bytes{kube_namespace:sock-shop} by {pod_name}",
                "avg:kubernetes.network.rx_bytes{kube_namespace:sock-shop,kube_deployment:front-end}",
            ])
        #expect((5...10).contains(run.restarts), "\(run.restarts)")
        #expect(run.others == 0)
        #expect((80...90).contains(run.failedPercent), "\(run.failedPercent)")
        #expect((6...13).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.matches[0] == 0)
        #expect(run.matches[1] == run.restarts)
        #expect(run.matches[2...].allSatisfy { $0 > 0 }, "\(run.matches)")
        #expect(run.values[..<4].allSatisfy { !$0.isEmpty })
        #expect(run.values[0].max() ?? 0 > 200e6, "the front-end's processor")
        #expect(run.values[4].max() ?? 0 > 10_000)
    }

    /// The timeline of one order, and what is left of four.
    @Test func `incident 3: four orders fail, are remembered without a shipment, and are told of second by second`() throws {
        try SockShop.visit { client in
            let bench = client.bench
            func available() async throws -> Int { try await bench.shop.with { core in core.clusterDeployments.first { $0.name == "payment" }?.readyCount ?? -1 } }
            #expect(try await available() == 1)
            try await bench.shop.with { try await $0.switchOn("payment-outage") }
            #expect(try await available() == 0)
            let down = bench.loop.now
            _ = try await client.logIn()
            for _ in 0..<4 {
                _ = try await client.send("DELETE", "/cart")
                _ = try await client.put(SockShop.sport)
                let asked = bench.loop.now
                #expect(try await client.post("/orders", "").status == 500)
                #expect((2.0..<2.5).contains((bench.loop.now - asked) / .seconds(1)))
            }
            let orders = try await client.get("/orders").json.elements ?? []
            #expect(orders.map { $0["status"] } == Array(repeating: "PAYMENT_FAILED", count: 4))
            #expect(orders.allSatisfy { $0["shipment"] == .null })
            let id = try #require(orders.first?["id"]?.text)
            let story = try await bench.shop.with { core in
                core.recorder.logs().elements.filter { $0.service.name == "orders" && $0.message.contains(id) }.map { ($0.time, $0.message) }
            }
            #expect(story.map { ($0.0 - story[0].0) / .seconds(1) }.map { Int($0) } == [0, 0, 0, 2, 2, 2])
            #expect(story[3].1.contains("Connection refused"))
            func count(_ query: String) async throws -> Int { try await bench.matches(try EvidenceQuery.parse("log kube_namespace:sock-shop " + query), since: down) }
            #expect(try await count("service:sock-shop-orders \"Payment failed for order\"") == 4)
            #expect(try await count("service:sock-shop-orders \"status updated to PAYMENT_FAILED\"") == 4)
            #expect(try await count("service:sock-shop-orders \"Order created with ID\"") == 4)
            #expect(try await count("service:sock-shop-orders \"Connection refused\"") >= 4)
            #expect(try await count("service:sock-shop-orders \"payment successful\"") == 0)
            #expect(try await count("service:sock-shop-payment") == 0, "a gap")
            #expect(try await count("\"\(id)\" service:front-end") > 0, "the front-end tells of the order as well")
            try await bench.shop.with { try await $0.switchOff("payment-outage") }
            var seconds = 0
            while try await available() == 0 {
                try await bench.loop.sleep(for: .seconds(1))
                seconds += 1
            }
            #expect((13...17).contains(seconds), "\(seconds)")
            #expect(try await client.post("/orders", "").status == 201)
            #expect(try await count("service:sock-shop-orders \"payment successful\"") == 1)
            #expect(try await count("pod_name:payment* \"starting on port\"") == 1)
            #expect(try await count("pod_name:payment* (\"starting on port\" OR \"Payment gateway:\")") > 1)
            let available = try await bench.values(of: "avg:kubernetes_state.deployment.replicas_available{kube_namespace:sock-shop,kube_deployment:payment}", since: down)
            #expect(available.contains(0) && available.last == 1, "\(available)")
            let scaled = try await bench.shop.with { core in core.recorder.events().elements.filter { $0.attributes["reason"] == "ScalingReplicaSet" }.map { $0.title.suffix(11) } }
            #expect(scaled == ["to 0 from 1", "to 1 from 0"])
        }
    }

    @Test func `incident 5: nobody takes shipments, and the queue grows`() throws {
        let run = try IncidentRun.of(
            "fixed", "orders", watching: "queue-master", switchingOn: "packers-outage",
            queries: [
                "log kube_namespace:sock-shop service:sock-shop-queue-master", "log kube_namespace:sock-shop service:sock-shop-queue-master \"Received shipment task\"",
                "log kube_namespace:sock-shop service:sock-shop-shipping", "log kube_namespace:sock-shop (service:sock-shop-shipping OR service:sock-shop-queue-master)",
                "event source:kubernetes kube_namespace:sock-shop kube_deployment:queue-master",
            ],
            metrics: [
                "avg:kubernetes_state.deployment.replicas_available{kube_deployment:queue-master}", "avg:rabbitmq.queue.consumers{queue:shipping-task}",
                "avg:rabbitmq.queue.messages{queue:shipping-task}", "avg:rabbitmq.queue.messages_ready{queue:shipping-task}",
                "avg:rabbitmq_queue_messages{queue:shipping-task,app:sock-shop} by {queue}", "avg:rabbitmq_queue_consumers{queue:shipping-task,app:sock-shop} by {queue}",
                "sum:rabbitmq.queue.messages.publish.count{queue:shipping-task}.as_count()",
            ])
        #expect(run.statistics.failureCount == 0, "visitors do not notice")
        #expect(run.matches[..<2] == [0, 0])
        #expect(run.matches[2...].allSatisfy { $0 > 0 }, "\(run.matches)")
        #expect(run.values[0].last == 0)
        #expect(run.values[1].last == 0 && run.values[5].last == 0)
        #expect(run.values[2].last ?? 0 > 5 && run.values[2] == run.values[2].sorted(), "\(run.values[2])")
        // Both spellings are one series; later questions see more of it.
        #expect(run.values[3].starts(with: run.values[2]) && run.values[4].starts(with: run.values[2]), "\(run.values)")
        #expect(run.values[6].reduce(0, +) >= run.values[2].last ?? .infinity, "\(run.values[6])")
    }

    @Test func `incident 5A: the queue stands at three, and nobody notices`() throws {
        let run = try IncidentRun.of(
            "fixed", "orders", watching: "queue-master", switchingOn: "queue-fills-unseen",
            queries: [
                "event source:kubernetes kube_namespace:sock-shop kube_deployment:queue-master", "log pod_name:shipping* \"Message rejected by RabbitMQ\"",
                "log kube_namespace:sock-shop service:sock-shop-queue-master",
            ],
            metrics: ["avg:rabbitmq.queue.messages{queue:shipping-task}", "avg:rabbitmq.queue.consumers{queue:shipping-task}"])
        #expect(run.statistics.failureCount == 0, "visitors do not notice")
        #expect(run.matches[0] > 0 && run.matches[1] > 3 && run.matches[2] == 0, "\(run.matches)")
        #expect(run.values[0].last == 3, "\(run.values[0])")
        #expect(run.values[1].last == 0)
    }

    @Test func `incident 5C: a full queue refuses shipments`() throws {
        let run = try IncidentRun.of(
            "fixed", "orders", watching: "queue-master", switchingOn: "queue-rejects",
            queries: [
                "log kube_namespace:sock-shop pod_name:shipping* \"Message rejected by RabbitMQ\"", "log kube_namespace:sock-shop pod_name:shipping* \"Message confirmed by RabbitMQ\"",
                "log kube_namespace:sock-shop pod_name:shipping* (\"confirmed\" OR \"rejected\")", "log kube_namespace:sock-shop pod_name:orders* \"503\"",
                "log kube_namespace:sock-shop pod_name:shipping* \"publisher confirms\"", "log kube_namespace:sock-shop pod_name:queue-master* \"Received shipment\"",
            ],
            metrics: [
                "avg:rabbitmq_queue_messages{queue:shipping-task,app:sock-shop} by {queue}", "avg:rabbitmq_queue_consumers{queue:shipping-task,app:sock-shop} by {queue}",
            ])
        #expect(run.matches[0] > 3)
        #expect(run.matches[1] == 3)
        #expect(run.matches[2] == run.matches[0] + run.matches[1])
        #expect(run.matches[3] > 0 && run.matches[4] > 3)
        #expect(run.matches[5] == 0)
        #expect(run.values[0].last == 3, "\(run.values[0])")
        #expect(run.values[1].last == 0)
    }

    @Test func `incident 6: the payment gateway is away, and payment well`() throws {
        let run = try IncidentRun.of(
            "fixed", "orders", watching: "payment", switchingOn: "gateway-outage",
            queries: [
                "log kube_namespace:sock-shop pod_name:payment* \"Payment gateway error\"",
                "log kube_namespace:sock-shop kube_container_name:payment \"connection refused\" \"stripe-mock\"",
                "log kube_namespace:sock-shop service:sock-shop-orders \"PaymentResponse{authorised=false\"",
                "log kube_namespace:sock-shop (pod_name:payment* OR pod_name:orders* OR pod_name:stripe-mock*) status:error",
                "event kube_namespace:sock-shop source:kubernetes kube_deployment:stripe-mock (Scaled OR ScalingReplicaSet)",
            ],
            metrics: [
                "avg:kubernetes_state.deployment.replicas_available{kube_deployment:stripe-mock}", "avg:kubernetes_state.deployment.replicas_available{kube_deployment:payment}",
            ])
        #expect(run.matches.map { $0 > 0 } == [true, true, true, true, true], "\(run.matches)")
        #expect(run.values[0].last == 0)
        #expect(run.values[1].last == 1)
        #expect(run.restarts == 0)
    }

    @Test func `incident 4: five hundred visitors wait 2,6 s and nothing crashes`() throws {
        let run = try IncidentRun.of("incident-4", "latency", seconds: 240,
            queries: ["event source:kubernetes", "log SIGTERM", "log kube_namespace:sock-shop (service:sock-shop-front-end OR service:sock-shop-catalogue)", "log kube_namespace:sock-shop service:locust-pure-latency"],
            metrics: ["max:kubernetes.containers.restarts{kube_deployment:front-end}", "max:kubernetes.cpu.usage.total{kube_deployment:front-end}"])
        #expect(abs(run.averageSeconds - 2.6) <= 0.3, "\(run.averageSeconds)")
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 5)
        #expect((500...700).contains(run.most.mebibytes), "50 to 70 % of 1000Mi")
        #expect((210...255).contains(run.most.millicores), "70 to 85 % of 300m")
        #expect(run.matches[..<2] == [0, 0] && run.matches[2] > 0 && run.matches[3] > 0, "\(run.matches)")
        #expect(run.values[0].allSatisfy { $0 == 0 } && !run.values[0].isEmpty)
        #expect(run.values[1].max() ?? 0 > 210e6)
    }

    @Test func `incident 7: an autoscaler that looks at memory leaves one front-end alone`() throws {
        let run = try IncidentRun.of(
            "incident-7", "hybrid",
            queries: [
                "log kube_namespace:sock-shop service:sock-shop-front-end (SIGTERM OR \"Exit status\" OR crashed OR error)",
                "event kube_namespace:sock-shop source:kubernetes pod_name:front-end* (liveness OR readiness OR unhealthy)",
                "event kube_namespace:sock-shop source:kubernetes hpa (FailedGetResourceMetric OR FailedComputeMetricsReplicas OR \"invalid metrics\")",
                "event reason:SuccessfulRescale", "event reason:OOMKilled", "event reason:ScalingReplicaSet",
            ],
            metrics: [
                "max:kubernetes.cpu.usage.total{kube_deployment:front-end}", "max:kubernetes.memory.usage{kube_deployment:front-end}",
                "max:kubernetes_state.deployment.replicas_available{kube_deployment:front-end}",
            ])
        #expect(run.restarts == 7)
        #expect(run.allRestarts == 10, "3 before it")
        #expect(run.others == 0)
        #expect(run.most.replicas == 1)
        #expect(run.most.millicores == 300)
        #expect((100...115).contains(run.most.mebibytes), "\(run.most.mebibytes)")
        #expect((70...77).contains(run.longestSeconds), "\(run.longestSeconds)")
        #expect(run.matches[..<3].allSatisfy { $0 > 0 }, "\(run.matches)")
        #expect(run.matches[3...] == [0, 0, 0])
        #expect(run.values[0].max() == 300e6)
        #expect(run.values[1].max() ?? .infinity < 120 * 1_048_576)
        #expect(run.values[2].max() == 1)
    }

    @Test func `incident 7: an autoscaler that looks at the processor follows the visitors`() throws {
        let run = try IncidentRun.of("fixed-hpa", "hybrid", seconds: 90, queries: ["event hpa reason:SuccessfulRescale \"cpu resource utilization (percentage of request) above target\""])
        #expect(run.restarts == 0)
        #expect((5...10).contains(run.most.replicas), "\(run.most.replicas)")
        #expect((0.2...0.6).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.failedPercent < 1)
        #expect(run.matches[0] > 0)
    }

    /// Its memory says that fewer are enough, and then that one is.
    @Test func `incident 7: more front-ends by hand do not stay`() throws {
        try SockShop.visit("incident-7") { client in
            let bench = client.bench
            func wanted() async throws -> Int { try await bench.shop.with { core in core.clusterDeployments.first { $0.name == "front-end" }?.replicas ?? 0 } }
            try await bench.shop.with { try await $0.scale("front-end", to: 8) }
            #expect(try await wanted() == 8)
            try await bench.loop.sleep(for: .seconds(16))
            #expect(try await wanted() == 3)
            try await bench.loop.sleep(for: .seconds(900))
            #expect(try await wanted() == 1)
        }
    }

    @Test(arguments: [("incident-4", "latency"), ("incident-2", "hybrid")]) func `three replicas are the fix`(state: String, journey: String) throws {
        let run = try IncidentRun.of(state, journey, seconds: 45, replicas: 3, instrumentation: .none)
        #expect(run.averageSeconds < 0.5, "\(run.averageSeconds)")
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 1)
    }

    @Test func `the same seed gives the same incident`() throws {
        func facts() throws -> [String] {
            let run = try IncidentRun.of("incident-1", "crowd", seconds: 80, instrumentation: .none)
            return ["\(run.restarts) \(run.statistics.requests) \(run.statistics.failureCount) \(run.averageSeconds)"]
        }
        #expect(try facts() == facts())
    }
}
