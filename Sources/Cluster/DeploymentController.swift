import Base

/// Keeps the pods of one deployment as its specification wants them: a value that is told the time, and tells what has happened.
public struct DeploymentController: Sendable {
    /// Where the deployment lives.
    public struct Place: Sendable, Equatable {
        public var namespace: String
        public var node: String
        /// Number of the deployment in its cluster; gives its pods their addresses.
        public var number: Int

        public init(namespace: String, node: String, number: Int) {
            self.namespace = namespace
            self.node = node
            self.number = number
        }
    }

    public let name: String
    public let place: Place
    public let createdAt: Timestamp
    public internal(set) var spec: DeploymentSpec
    public internal(set) var replicaSets: [ReplicaSet] = []
    public internal(set) var pods: [Pod] = []
    /// Pods wanted now, whoever has decided so.
    public internal(set) var replicas: Int
    var random: SeededRandom
    var eventList = EventList()
    var scaling: HorizontalPodAutoscaler.Course?
    var versions: [ReplicaSet.Version]
    private var clock: Timestamp
    private var madeReplicaSets = 0
    private var madeAddresses = 0
    /// Until when the schedule has been followed.
    var scheduledUntil: Timestamp
    var lost: [Loss] = []

    /// A pod whose requests are lost.
    public struct Loss: Sendable, Equatable {
        public var pod: String
        /// True when the container has ended, false when the whole pod has gone.
        public var isEnd: Bool
    }

    /// A deployment whose pods have been there for long.
    public init(_ name: String, _ spec: DeploymentSpec, versions: [ReplicaSet.Version], in place: Place, seed: UInt64, at now: Timestamp) {
        self.name = name
        self.spec = spec
        self.place = place
        self.versions = versions
        createdAt = now
        clock = now
        scheduledUntil = now
        replicas = spec.autoscaler?.clamp(spec.replicas) ?? spec.replicas
        random = SeededRandom(seed: seed ^ Fingerprint(Array(name.utf8)).value)
        scaling = spec.autoscaler.map { _ in HorizontalPodAutoscaler.Course(at: now) }
        replicaSets = versions.enumerated().map { makeReplicaSet($1, at: $0) }
        setShares()
        for index in replicaSets.indices {
            for _ in 0..<replicaSets[index].replicas {
                var pod = makePod(of: replicaSets[index], at: now)
                pod.beReady(spec, at: now)
                pod.restarts = spec.restarts
                pods.append(pod)
            }
        }
    }

    // MARK: Names

    func makePodName(of set: ReplicaSet) -> (name: String, random: SeededRandom) {
        var random = random
        var name = ""
        repeat { name = set.name + "-" + GeneratedName.suffix(&random) } while pods.contains { $0.name == name }
        return (name, random)
    }

    mutating func makePod(of set: ReplicaSet, at now: Timestamp) -> Pod {
        let (podName, next) = makePodName(of: set)
        random = next
        madeAddresses += 1
        let host = 2 + place.number % Self.deploymentsOfNode * Self.addressesOfDeployment + madeAddresses % Self.addressesOfDeployment
        return Pod(
            name: podName, uid: World.uuid(named: podName, seed: random.next()), address: "10.244.1.\(host)", replicaSet: set.number, createdAt: now)
    }

    private static let deploymentsOfNode = 15
    private static let addressesOfDeployment = 16

    mutating func makeReplicaSet(_ version: ReplicaSet.Version, at position: Int) -> ReplicaSet {
        madeReplicaSets += 1
        return ReplicaSet(
            number: madeReplicaSets, version: version.name, name: "\(name)-\(GeneratedName.hash(of: "\(name) \(version.name)"))", weight: version.weight, position: position)
    }

    mutating func setShares() {
        let shares = ReplicaSet.shares(of: replicas, among: versions)
        for index in replicaSets.indices { replicaSets[index].replicas = shares[replicaSets[index].position] }
    }

    // MARK: Time

    /// Lets time pass.
    public mutating func advance(to now: Timestamp) {
        let passed = now - clock
        clock = max(clock, now)
        for index in pods.indices {
            if pods[index].breathe(for: max(.zero, passed), spec) { kill(index, "OOMKilled", exitCode: 137, at: now) }
            pods[index].sample(spec, at: now)
            moveOn(index, at: now)
            ask(index, at: now)
        }
        let gone = pods.filter { isGone($0, at: now) }
        lost += gone.filter { !$0.isIdle }.map { Loss(pod: $0.name, isEnd: false) }
        pods.removeAll { pod in gone.contains { $0.name == pod.name } }
        followSchedule(at: now)
        autoscale(at: now)
    }

    private func isGone(_ pod: Pod, at now: Timestamp) -> Bool {
        guard let deletedAt = pod.deletedAt else { return false }
        return now - deletedAt >= (pod.isIdle ? min(Pod.shortestTermination, spec.terminationGrace) : spec.terminationGrace)
    }

    /// When something will happen by itself; nil when nothing will.
    public func nextMoment(after now: Timestamp) -> Timestamp? {
        var times = pods.flatMap { [$0.phaseEnd, $0.nextRestart, $0.nextBackOffEvent] }.compactMap(\.self)
        if pods.contains(where: { $0.isUnsettled(spec) }) || isScaling { times.append(now + Self.tick) }
        times += spec.schedule.map { $0.next(after: now) }
        return times.min().map { max($0, now + .milliseconds(1)) }
    }

    private static let tick = Duration.seconds(1)

    private var isScaling: Bool { spec.autoscaler.map { replicas != $0.minimum } ?? false }

    // MARK: Reading

    /// Events, those that happened last at the end.
    public var events: [ClusterEvent] { eventList.events }

    /// Events since the last call.
    public mutating func takeNews() -> [ClusterEvent] { eventList.takeNews() }

    /// Pods whose requests are lost, since the last call.
    public mutating func takeLost() -> [Loss] {
        defer { lost = [] }
        return lost
    }

    public var readyCount: Int { pods.count { $0.isReady && !$0.isTerminating } }
    public var utilization: Double? { scaling?.utilization }

    /// Of the autoscaler; none without one.
    public var scalingConditions: [HorizontalPodAutoscaler.Condition] { spec.autoscaler?.conditions(utilization, replicas: replicas) ?? [] }

    /// True when all pods that are wanted are ready, and no others there.
    public var isSettled: Bool { readyCount == pods.count && replicaSets.allSatisfy { set in pods.count { $0.replicaSet == set.number } == set.replicas } }

    /// Hash of everything but times and what requests use.
    public func combine(into print: inout Fingerprint) {
        print.combine("\(name) \(replicas) \(spec)".utf8)
        for pod in pods { print.combine("\(pod.name) \(pod.status) \(pod.isReady) \(pod.restarts) \(pod.address)".utf8) }
        for event in events { print.combine("\(event.reason) \(event.count) \(event.message)".utf8) }
        var next = random
        print.combine("\(next.next())".utf8)
    }

    mutating func tell(_ kind: ClusterEvent.Kind, _ reason: String, _ objectKind: String, _ objectName: String, _ message: String, at now: Timestamp) {
        eventList.record(
            ClusterEvent(kind: kind, reason: reason, objectKind: objectKind, objectName: objectName, message: message, firstSeen: now, lastSeen: now, count: 1))
    }
}
