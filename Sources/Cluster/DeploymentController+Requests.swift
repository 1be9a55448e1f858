import Base

extension DeploymentController {
    /// What becomes of a new request.
    public enum Admission: Sendable, Equatable {
        /// It goes to this pod: into a slot, or into the queue for one.
        case pod(name: String, incarnation: Int, version: Int, hasSlot: Bool)
        /// It goes to a pod that has just been deleted, and breaks.
        case broken
        case refused
        case hanging(Duration)
    }

    /// True while a pod takes requests.
    public var takesRequests: Bool { pods.contains { takesRequests($0) } }

    /// True while a container runs.
    public var hasContainer: Bool { pods.contains(where: \.isRunning) }

    /// True when requests are taken, or kept waiting.
    public var isReachable: Bool {
        if case .hang = spec.noEndpoints { return true }
        return takesRequests
    }

    /// How long callers in the cluster wait until they are refused.
    public var refusalTime: Duration {
        if case .refuse(let time) = spec.noEndpoints { return time }
        return .zero
    }

    private func takesRequests(_ pod: Pod) -> Bool { pod.isRunning && (pod.isReady || spec.publishesNotReadyAddresses) }

    /// Gives a new request to a pod: of one of the versions, by their weights, and there by chance.
    public mutating func admit(at now: Timestamp) -> Admission {
        let candidates = pods.indices.filter { takesRequests(pods[$0]) || isLagging(pods[$0], at: now) }
        guard !candidates.isEmpty else {
            if case .hang(let time) = spec.noEndpoints { return .hanging(time) }
            return .refused
        }
        let index = candidates.count == 1 ? candidates[0] : choose(candidates)
        if pods[index].isTerminating { return .broken }
        let hasSlot = pods[index].arrive(spec)
        let version = replicaSets.first { $0.number == pods[index].replicaSet }?.position ?? 0
        return .pod(name: pods[index].name, incarnation: pods[index].incarnation, version: version, hasSlot: hasSlot)
    }

    private func isLagging(_ pod: Pod, at now: Timestamp) -> Bool {
        pod.deletedAt.map { now < $0 + spec.endpointLag } ?? false
    }

    private mutating func choose(_ candidates: [Int]) -> Int {
        guard replicaSets.count > 1 else { return candidates[Int.random(in: candidates.indices, using: &random)] }
        let sets = replicaSets.filter { set in candidates.contains { pods[$0].replicaSet == set.number } && set.weight > 0 }
        guard !sets.isEmpty else { return candidates[Int.random(in: candidates.indices, using: &random)] }
        var ticket = Int.random(in: 0..<sets.reduce(0) { $0 + $1.weight }, using: &random)
        let set = sets.first { ticket -= $0.weight; return ticket < 0 } ?? sets[0]
        let own = candidates.filter { pods[$0].replicaSet == set.number }
        return own[Int.random(in: own.indices, using: &random)]
    }

    /// Whether a request's container is still the one that it came into.
    public func isAlive(_ pod: String, incarnation: Int) -> Bool { pods.contains { $0.name == pod && $0.incarnation == incarnation } }

    /// A request has been answered.
    ///
    /// - Returns: True when the request that waits longest in that pod has its slot now.
    public mutating func leave(_ pod: String, incarnation: Int) -> Bool {
        guard let index = pods.firstIndex(where: { $0.name == pod && $0.incarnation == incarnation }) else { return false }
        return pods[index].leave(spec)
    }

    /// A request that waits for a slot of a pod has given up.
    public mutating func giveUp(_ pod: String, incarnation: Int) {
        guard let index = pods.firstIndex(where: { $0.name == pod && $0.incarnation == incarnation }) else { return }
        pods[index].giveUp()
    }

    /// A pod has received and sent something; what a container that has ended is sent gets lost.
    public mutating func transfer(_ pod: String, incarnation: Int, received: Int, sent: Int) {
        guard let index = pods.firstIndex(where: { $0.name == pod && $0.incarnation == incarnation }) else { return }
        pods[index].received += received
        pods[index].sent += sent
    }
}
