import Base
import Cluster
import Packs
import Telemetry

extension ShopCore {
    /// Brings a service's pods in line with its versions.
    func reconcilePods(of service: ServiceRuntime) {
        guard let spec = service.deployments.first?.compiled.deployment else {
            service.pods?.close()
            service.pods = nil
            service.podMetrics?.remove()
            service.podMetrics = nil
            return
        }
        if let pods = service.pods {
            pods.update(spec, versions: service.podVersions)
        } else {
            makePods(of: service, spec)
        }
    }

    /// All pods as at the first moment; whoever is inside is lost.
    func rebuildPods() {
        for service in services {
            guard let spec = service.deployments.first?.compiled.deployment else { continue }
            service.pods?.close()
            service.podMetrics?.remove()
            makePods(of: service, spec)
            noteReachability(of: service)
        }
    }

    private func makePods(of service: ServiceRuntime, _ spec: DeploymentSpec) {
        let place = DeploymentController.Place(
            namespace: pack.cluster.namespace, node: pack.cluster.node, number: services.firstIndex { $0 === service } ?? 0)
        let controller = DeploymentController(service.name, spec, versions: service.podVersions, in: place, seed: world.seed, at: world.now)
        service.podMetrics = PodMetrics(recorder.metrics, service: service.name, pack.cluster)
        let pods = ServicePods(controller, of: service, in: world)
        pods.onChange = { [weak self, unowned service] in self?.podsChanged(of: service) }
        service.pods = pods
        service.podMetrics?.refresh(controller)
    }

    /// Tells telemetry and listeners what has become of a service's pods.
    private func podsChanged(of service: ServiceRuntime) {
        guard let pods = service.pods else { return }
        let (events, ends) = pods.takeNews()
        recorder.advance(to: world.now)
        for event in events { recorder.record(Self.event(event, of: service.name, pack.cluster, pods.controller.place.node)) }
        service.podMetrics?.refresh(pods.controller)
        for event in events where event.reason == "Started" { run(\.started, of: service) }
        for _ in 0..<ends { containerEnded(of: service) }
        noteReachability(of: service)
    }

    /// Has the service's port opened or closed when that has changed.
    func noteReachability(of service: ServiceRuntime) {
        let isReachable = service.isReachable
        guard isReachable != service.wasReachable else { return }
        service.wasReachable = isReachable
        onReachabilityChange?(service.name, isReachable)
    }

    private func containerEnded(of service: ServiceRuntime) {
        // What a process kept in its memory is gone with the last of them.
        if service.pods?.controller.pods.contains(where: \.isRunning) == false { service.deployments.forEach { $0.caches = [:] } }
        run(\.ended, of: service)
    }

    /// What a service does when one of its containers starts or ends.
    private func run(_ moment: KeyPath<CompiledService, BackgroundTask?>, of service: ServiceRuntime) {
        guard let owner, let deployment = service.deployments.first, let task = deployment.compiled[keyPath: moment] else { return }
        let moment = ContainerMoment(core: self, deployment: deployment, task: task)
        Task(executorPreference: world.loop) { await owner.run(moment) }
    }

    private static func event(_ event: ClusterEvent, of service: String, _ cluster: Pack.Cluster, _ node: String) -> Event {
        var attributes = [
            Attribute("source", "kubernetes"), Attribute("reason", .string(event.reason)), Attribute("type", .string(event.kind.rawValue)),
            Attribute("object", .string("\(event.objectKind)/\(event.objectName)")), Attribute("count", .int(event.count)), Attribute("host", .string(node)),
        ]
        if event.objectKind == "pod" { attributes.append(Attribute("pod_name", .string(event.objectName))) }
        attributes += ClusterTags.attributes(service: service, cluster)
        return Event(time: event.lastSeen, service: service, kind: "kubernetes", title: "\(event.reason): \(event.message)", attributes: attributes)
    }

    /// Waits until a request has had its slot for as long as it takes, and gives the slot to the next.
    ///
    /// - Returns: False when the container has ended meanwhile.
    func leave(_ place: ServicePods.Place) async -> Bool {
        let rest = place.pods.rest(of: place)
        if rest > .zero { try? await world.loop.sleep(for: rest) }
        return place.pods.leave(place)
    }

    /// Brings the metrics of pods up to date.
    func refreshPodMetrics() {
        for service in services { if let pods = service.pods { service.podMetrics?.refresh(pods.controller) } }
    }

    // MARK: Commands

    /// The deployments in the cluster, in the pack's order.
    public var clusterDeployments: [DeploymentController] { services.compactMap { $0.pods?.controller } }

    /// True when no pod is being started, restarted or ended.
    public var isClusterSettled: Bool { services.allSatisfy { $0.pods?.controller.isSettled ?? true } }

    /// Wants another number of pods of a service, as an edit of its wiring.
    public func scale(_ name: String, to replicas: Int) async throws {
        let service = try checkService(name)
        guard service.pods != nil else { throw Refusal("the service \"\(name)\" has no deployment to scale") }
        guard (0...100).contains(replicas) else { throw Refusal("replicas=\(replicas) is out of range; allowed are 0 to 100") }
        let place = service.wiring.location
        let count = JSONNode.Member(name: "replicas", nameLocation: place, value: JSONNode(.int(replicas), at: place))
        let block = JSONNode.Member(name: "deployment", nameLocation: place, value: JSONNode(.object([count]), at: place))
        try change(service, by: JSONNode(.object([block]), at: place))
    }

    /// Deletes a pod, by chance one of those of the named deployments; another takes its place.
    public func deletePod(ofAnyOf names: [String]) {
        let pods = services.filter { names.contains($0.name) }.flatMap { service in
            service.pods?.controller.pods.filter { $0.phase != .terminating }.map { (service, $0.name) } ?? []
        }
        guard !pods.isEmpty else { return }
        let (service, pod) = pods[Int.random(in: pods.indices, using: &world.random)]
        service.pods?.delete(pod)
    }
}

/// The start or the end of a container on its way into a task of the shop's actor.
// @unchecked Sendable: only the shop's actor, which made it, opens it again.
struct ContainerMoment: @unchecked Sendable {
    let core: ShopCore
    let deployment: Deployment
    let task: BackgroundTask
}

extension Shop {
    func run(_ moment: ContainerMoment) async {
        do { try await moment.core.run(moment.task, of: moment.deployment) } catch {
            moment.core.log(
                ShopCore.Message(level: .error, text: "\(error)", logger: moment.task.name), as: moment.deployment.compiled.log.line, service: moment.deployment,
                exchange: nil)
        }
    }
}

extension ServiceRuntime {
    /// Each with a name of its own: two faults may bring versions of the same name.
    fileprivate var podVersions: [ReplicaSet.Version] {
        deployments.enumerated().map { index, deployment in
            let earlier = deployments[..<index].count { $0.version == deployment.version }
            return ReplicaSet.Version(name: earlier == 0 ? deployment.version : "\(deployment.version) \(earlier + 1)", weight: deployment.weight)
        }
    }
}
