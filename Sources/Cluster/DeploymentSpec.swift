import Base

/// What a service's `deployment` block says: how many pods answer for it, what they may use, and what becomes of them under load.
public struct DeploymentSpec: Sendable, Equatable {
    /// Amounts of one container; nil is unlimited, or nothing asked for.
    public struct Amounts: Sendable, Equatable {
        public var millicores: Double?
        public var mebibytes: Double?
    }

    /// What a container uses, by what it does.
    public struct Usage: Sendable, Equatable {
        public var idleMillicores = 5.0
        public var idleMebibytes = 100.0
        /// Processor time of one request, in thousandths of a core times seconds.
        public var millicoreSecondsPerRequest = 0.0
        public var millicoresPerQueuedRequest = 0.0
        public var mebibytesPerRequest = 0.0
        /// Never given back before the container ends.
        public var leakedMebibytesPerRequest = 0.0
        /// How fast memory follows what requests need.
        public var growthMebibytesPerSecond = Double.infinity
        /// The same in a container that was restarted, into which everybody comes back at once.
        public var regrowthMebibytesPerSecond: Double?
        public var releaseMebibytesPerSecond = 20.0
    }

    /// Workers of one replica: each has one request for a time, the others queue.
    public struct Concurrency: Sendable, Equatable {
        public var slots: Int
        /// A request keeps its slot at least so long.
        public var hold: Duration
    }

    /// What becomes of connections while no pod takes them.
    public enum NoEndpoints: Sendable, Equatable {
        /// Callers in the cluster find out after so long, strangers at once: the port is closed.
        case refuse(after: Duration)
        /// They wait for a pod, and break after so long.
        case hang(Duration)
    }

    public var replicas = 1
    /// Name of the container image, for events.
    public var image: String?
    public var requests = Amounts()
    public var limits = Amounts()
    public var usage = Usage()
    public var concurrency: Concurrency?
    /// Requests wait for the processor that the limit allows.
    public var queuesForProcessor = false
    public var readinessProbe: Probe?
    public var livenessProbe: Probe?
    /// From the start of the container until it answers.
    public var start = Duration.seconds(1)
    public var backOff = BackOff()
    public var noEndpoints = NoEndpoints.refuse(after: .zero)
    /// Connections go to pods that run, whether they are ready or not.
    public var publishesNotReadyAddresses = false
    /// How long a pod that was deleted may finish its requests.
    public var terminationGrace = Duration.seconds(30)
    /// How long requests still go to a pod that was deleted, and break.
    public var endpointLag = Duration.zero
    public var autoscaler: HorizontalPodAutoscaler?
    public var schedule: [ScheduledScaling] = []
    /// Restarts that the first pods have behind them.
    public var restarts = 0

    public init() {}

    /// Requests that a pod works on at a time, while others queue: its workers, or one after the other where they wait for the processor.
    /// Nil when nobody has to wait.
    public var slots: Int? { concurrency?.slots ?? (waitsForProcessor ? 1 : nil) }

    /// Requests wait for a limited processor and not for workers: whose turn it is, is a matter of chance, as with any scheduler under pressure.
    public var sharesProcessor: Bool { concurrency == nil && waitsForProcessor }

    var waitsForProcessor: Bool { queuesForProcessor && limits.millicores ?? 0 > 0 }

    /// How long a request keeps its slot when all are taken: with too little processor, longer than the wiring says.
    public var effectiveHold: Duration {
        guard let slots else { return .zero }
        let hold = concurrency?.hold ?? .zero
        guard let limit = limits.millicores, limit > 0 else { return hold }
        return max(hold, .milliseconds(exactly: usage.millicoreSecondsPerRequest * Double(slots) / limit * 1_000))
    }
}
