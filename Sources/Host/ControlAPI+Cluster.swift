import Base
import Cluster
import HTTP
import Storefront
import Telemetry

/// What the cluster looks like from outside, for the commands that are named like kubectl's.
extension ControlAPI {
    func cluster(_ hosted: HostedShop) async throws -> Value {
        try await hosted.shop.with { core in
            let now = core.world.now
            let deployments = core.clusterDeployments
            let events = deployments.flatMap(\.events).enumerated().sorted { ($0.element.lastSeen, $0.offset) < ($1.element.lastSeen, $1.offset) }.map(\.element)
            return .object([
                "namespace": .string(core.pack.cluster.namespace), "deployments": .list(deployments.map { Self.deployment($0, now) }),
                "pods": .list(deployments.flatMap { deployment in deployment.pods.map { Self.pod($0, of: deployment, now) } }),
                "autoscalers": .list(deployments.compactMap { Self.autoscaler($0, now) }), "events": .list(events.map { Self.event($0, now) }),
            ])
        }
    }

    func scale(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        guard case .string(let name)? = body["deployment"], case .int(let replicas)? = body["replicas"] else {
            throw ShopCore.Refusal("the body needs \"deployment\" as text and \"replicas\" as a whole number")
        }
        try await hosted.change { core in try await core.scale(name, to: replicas) }
        return .object(["scaled": .string(name)])
    }

    func logs(_ hosted: HostedShop, _ target: RequestTarget) async throws -> Value {
        let name = target.query["service"] ?? ""
        let tail = target.query["tail"].flatMap { Int($0) } ?? .max
        let since = target.query["since"].flatMap { Int($0) } ?? 0
        return try await hosted.shop.with { core in
            let records = core.recorder.logs(since: since).elements.filter { $0.service.name == name }
            // Jobs beside the services are known by what they have printed.
            guard core.service(named: name) != nil || since > 0 || !records.isEmpty else {
                throw ShopCore.Refusal("the pack \"\(core.pack.name)\" has no service \"\(name)\"" + suggestion(for: name, among: core.services.map(\.name)))
            }
            let lines = records.suffix(tail).map { Value.string($0.line) }
            return .object(["lines": .list(lines), "next": .int(core.recorder.nextLog)])
        }
    }

    func addLogs(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        let job = try Self.required("job", in: body)
        guard let lines = body["lines"]?.elements else { throw ShopCore.Refusal("the body needs \"lines\" as a list of texts") }
        let texts = lines.map(\.text)
        try await hosted.shop.with { $0.log(texts, ofJob: job) }
        return .object(["lines": .int(texts.count)])
    }

    // MARK: Objects

    private static func seconds(_ time: Timestamp, _ now: Timestamp) -> Value { .int(Int((now - time).nanoseconds / 1_000_000_000)) }

    private static func deployment(_ deployment: DeploymentController, _ now: Timestamp) -> Value {
        let sets = Set(deployment.replicaSets.map(\.number))
        return .object([
            "name": .string(deployment.name), "replicas": .int(deployment.replicas), "ready": .int(deployment.readyCount),
            "upToDate": .int(deployment.pods.count { sets.contains($0.replicaSet) && $0.phase != .terminating }), "available": .int(deployment.readyCount),
            "ageSeconds": seconds(deployment.createdAt, now),
        ])
    }

    private static func pod(_ pod: Pod, of deployment: DeploymentController, _ now: Timestamp) -> Value {
        var fields: [(String, Value)] = [
            ("name", .string(pod.name)), ("deployment", .string(deployment.name)), ("ready", .bool(pod.isReady)), ("status", .string(pod.status)),
            ("restarts", .int(pod.restarts)), ("ageSeconds", seconds(pod.createdAt, now)), ("address", .string(pod.address)), ("node", .string(deployment.place.node)),
            ("cpu", .string(Quantity.text(millicores: pod.millicores))), ("memory", .string(Quantity.text(mebibytes: pod.mebibytes))),
            ("isMeasured", .bool(pod.phase == .running)),
        ]
        fields += [("limits", amounts(deployment.spec.limits)), ("requests", amounts(deployment.spec.requests))]
        if let image = deployment.spec.image { fields.append(("image", .string(image))) }
        if let last = pod.lastTermination {
            fields.append(
                (
                    "lastState",
                    .object([
                        "reason": .string(last.reason), "exitCode": .int(last.exitCode), "startedAt": .string(last.startedAt.httpDate),
                        "finishedAt": .string(last.finishedAt.httpDate), "agoSeconds": seconds(last.finishedAt, now),
                    ])
                ))
        }
        return .record(Record(fields))
    }

    private static func amounts(_ amounts: DeploymentSpec.Amounts) -> Value {
        var fields: [(String, Value)] = []
        if let cpu = amounts.millicores { fields.append(("cpu", .string(Quantity.text(millicores: cpu)))) }
        if let memory = amounts.mebibytes { fields.append(("memory", .string(Quantity.text(mebibytes: memory)))) }
        return .record(Record(fields))
    }

    private static func autoscaler(_ deployment: DeploymentController, _ now: Timestamp) -> Value? {
        guard let scaler = deployment.spec.autoscaler else { return nil }
        let current = deployment.utilization.map { "\(Int($0))%" } ?? "<unknown>"
        return .object([
            "name": .string(scaler.name ?? deployment.name), "deployment": .string(deployment.name), "targets": .string("\(current)/\(Int(scaler.target))%"),
            "minimum": .int(scaler.minimum), "maximum": .int(scaler.maximum), "replicas": .int(deployment.replicas), "ageSeconds": seconds(deployment.createdAt, now),
            "metric": .string(scaler.metric.rawValue), "pods": .int(deployment.pods.count), "createdAt": .string(deployment.createdAt.httpDate),
            "scaleDownWindowSeconds": .int(Int(scaler.scaleDownWindow.nanoseconds / 1_000_000_000)),
            "conditions": .list(
                deployment.scalingConditions.map {
                    .object(["type": .string($0.type), "status": .string($0.isTrue ? "True" : "False"), "reason": .string($0.reason), "message": .string($0.message)])
                }),
        ])
    }

    private static func event(_ event: ClusterEvent, _ now: Timestamp) -> Value {
        .object([
            "type": .string(event.kind.rawValue), "reason": .string(event.reason), "object": .string("\(event.objectKind)/\(event.objectName)"),
            "message": .string(event.message), "count": .int(event.count), "lastSeconds": seconds(event.lastSeen, now), "firstSeconds": seconds(event.firstSeen, now),
        ])
    }
}
