import Base

/// One pod with its only container: what it is doing, what it uses, who is inside.
public struct Pod: Sendable {
    public enum Phase: Sendable, Equatable {
        case pending, creating
        /// The container's process is there but does not answer yet.
        case starting
        case running
        /// The container has just ended.
        case ended
        /// It waits to be started again.
        case backOff
        /// The pod was deleted and finishes what it has.
        case terminating
    }

    /// How the container ended last.
    public struct Termination: Sendable, Equatable {
        public var reason: String
        public var exitCode: Int
        public var startedAt: Timestamp
        public var finishedAt: Timestamp
    }

    public let name: String
    public let uid: String
    public let address: String
    /// Number of the replica set that it belongs to.
    public let replicaSet: Int
    public let createdAt: Timestamp
    public internal(set) var phase = Phase.pending
    public internal(set) var isReady = false
    public internal(set) var restarts = 0
    public internal(set) var lastTermination: Termination?
    /// Counts containers: who came into an earlier one is lost.
    public internal(set) var incarnation = 0

    /// Requests that have a slot, and those that wait for one.
    public internal(set) var busy = 0
    public internal(set) var waiting = 0
    public internal(set) var mebibytes = 0.0
    public internal(set) var millicores = 0.0
    /// Time that the container wanted processor and was not given it, in seconds since the pod began.
    public internal(set) var throttledSeconds = 0.0

    /// What went over its network, in the last second or so.
    public internal(set) var receivedBytesPerSecond = 0.0
    public internal(set) var sentBytesPerSecond = 0.0

    var startedAt: Timestamp
    /// When the phase ends by itself.
    var phaseEnd: Timestamp?
    /// When the container is started again.
    var nextRestart: Timestamp?
    var deletedAt: Timestamp?
    /// Ends of containers that count for the back-off.
    var recentEnds = 0
    var nextBackOffEvent: Timestamp?
    var readiness: Probe.Course?
    var liveness: Probe.Course?
    var leaked = 0.0
    var completions = 0
    /// Bytes since the last sample.
    var received = 0
    var sent = 0
    var sampledAt: Timestamp

    init(name: String, uid: String, address: String, replicaSet: Int, createdAt: Timestamp) {
        self.name = name
        self.uid = uid
        self.address = address
        self.replicaSet = replicaSet
        self.createdAt = createdAt
        startedAt = createdAt
        sampledAt = createdAt
    }

    static let schedulingTime = Duration.seconds(1)
    static let creationTime = Duration.seconds(3)
    /// How long a pod shows why its container ended before it shows that it waits.
    static let endedTime = Duration.seconds(2)
    /// A pod that has nothing to finish is gone so soon after it was deleted.
    static let shortestTermination = Duration.seconds(2)

    public var isRunning: Bool { phase == .running }
    var isTerminating: Bool { phase == .terminating }
    var isIdle: Bool { busy == 0 && waiting == 0 }

    /// What `kubectl get pods` shows.
    public var status: String {
        switch phase {
        case .pending: "Pending"
        case .creating: "ContainerCreating"
        case .starting, .running: "Running"
        case .ended: lastTermination?.reason ?? "Error"
        case .backOff: "CrashLoopBackOff"
        case .terminating: "Terminating"
        }
    }

    // MARK: Requests

    /// - Returns: True when the request has a slot; otherwise it waits.
    mutating func arrive(_ spec: DeploymentSpec) -> Bool {
        if let slots = spec.slots, busy >= slots { waiting += 1; return false }
        busy += 1
        return true
    }

    /// A request has been answered.
    ///
    /// - Returns: True when the one that waits longest has a slot now.
    mutating func leave(_ spec: DeploymentSpec) -> Bool {
        guard busy > 0 else { return false }
        completions += 1
        leaked += spec.usage.leakedMebibytesPerRequest
        if waiting > 0, busy <= spec.slots ?? .max { waiting -= 1; return true }
        busy -= 1
        return false
    }

    /// A request that waits has given up.
    mutating func giveUp() { waiting = max(0, waiting - 1) }

    /// How long a newcomer would wait for a slot.
    func expectedWait(_ spec: DeploymentSpec) -> Duration {
        guard let slots = spec.slots else { return .zero }
        return spec.effectiveHold * waiting / slots
    }

    // MARK: Containers

    /// The container's process begins.
    mutating func startContainer(_ spec: DeploymentSpec, at now: Timestamp) {
        phase = .starting
        phaseEnd = now + spec.start
        startedAt = now
        incarnation += 1
        mebibytes = spec.usage.idleMebibytes
        millicores = spec.usage.idleMillicores
        leaked = 0
        completions = 0
        (received, sent) = (0, 0)
        sampledAt = now
        readiness = spec.readinessProbe.map { Probe.Course($0, startedAt: now) }
        liveness = spec.livenessProbe.map { Probe.Course($0, startedAt: now) }
    }

    mutating func answerNow(_ spec: DeploymentSpec) {
        phase = .running
        phaseEnd = nil
        if spec.readinessProbe == nil { isReady = true }
    }

    /// As a pod that has been there for long.
    mutating func beReady(_ spec: DeploymentSpec, at now: Timestamp) {
        startContainer(spec, at: now)
        answerNow(spec)
        isReady = true
    }

    /// The container ends and is started again after the back-off.
    ///
    /// - Returns: The wait.
    mutating func endContainer(_ reason: String, exitCode: Int, _ spec: DeploymentSpec, at now: Timestamp) -> Duration {
        if now - startedAt >= BackOff.forgiveness { recentEnds = 0 }
        lastTermination = Termination(reason: reason, exitCode: exitCode, startedAt: startedAt, finishedAt: now)
        let delay = spec.backOff.delay(after: recentEnds)
        recentEnds += 1
        phase = .ended
        phaseEnd = now + min(Self.endedTime, delay)
        empty()
        return delay
    }

    /// Whoever is inside is lost.
    mutating func empty() {
        isReady = false
        (busy, waiting, mebibytes, millicores) = (0, 0, 0, 0)
        (receivedBytesPerSecond, sentBytesPerSecond) = (0, 0)
        (readiness, liveness) = (nil, nil)
        incarnation += 1
    }
}
