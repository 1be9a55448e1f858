import Base

extension DeploymentSpec {
    private static let amounts: [Setting] = [
        Setting("cpu", .cpu, "Share of processors, for example 100m."), Setting("memory", .memory, "For example 300Mi."),
    ]

    private static let usageSettings: [Setting] = [
        Setting("cpu", .cpu, "Of an idle container."), Setting("memory", .memory, "Of an idle container."),
        Setting("cpuMillisecondsPerRequest", .number(0...60_000), "Processor time of one request."),
        Setting("cpuPerQueuedRequest", .cpu, "Share of processors that a request takes while it waits for a slot."),
        Setting("memoryPerRequest", .memory, "Of a request in flight, waiting ones included."),
        Setting("memoryLeakPerRequest", .memory, "Kept until the container ends."),
        Setting("memoryGrowthPerSecond", .memory, "How fast memory follows what requests need; at once without it."),
        Setting("memoryRegrowthPerSecond", .memory, "The same in a container that was restarted."),
        Setting("memoryReleasePerSecond", .memory, "How fast memory is given back; 20Mi without it."),
    ]

    static let settings: [Setting] = [
        Setting("replicas", .integer(0...100), "Pods wanted; 1 without it."),
        Setting("image", .text, "Container image, as events name it."),
        Setting(
            "resources", .block([Setting("requests", .block(amounts), "What is set aside."), Setting("limits", .block(amounts), "More memory ends the container; more processor waits.")]),
            "Resources of one pod."),
        Setting("usage", .block(usageSettings), "What a pod uses, by what it does."),
        Setting(
            "concurrency",
            .block([
                Setting("slots", .integer(1...10_000), "Requests that a pod works on at a time; others queue.", required: true),
                Setting("holdMilliseconds", .number(0...600_000), "A request keeps its slot at least so long."),
            ]), "Workers of one pod; unlimited without it."),
        Setting(
            "queueForProcessor", .flag,
            "True lets requests wait for the processor that the limit allows, one after the other. Without it a limit shows in figures, and in the hold of workers."),
        Setting("readinessProbe", .block(Probe.settings), "Pods that fail it get no requests."),
        Setting("livenessProbe", .block(Probe.settings), "Containers that fail it are restarted."),
        Setting("startSeconds", .number(0...3_600), "From a container's start until it answers; 1 without it."),
        Setting(
            "restartBackOff",
            .block([
                Setting("initialSeconds", .number(0...3_600), "Wait before the first restart; 10 without it. It doubles with each."),
                Setting("maximumSeconds", .number(0...3_600), "Longest wait; 300 without it."),
            ]), "Wait before a container that ended is started again."),
        Setting(
            "noEndpoints",
            .block([
                Setting("connections", .choice(["refused", "hang"]), "refused closes the port, hang keeps callers waiting for a pod.", required: true),
                Setting("forMilliseconds", .number(0...600_000), "How long connections hang before they break (30000 without it), or callers in the cluster wait until they are refused (0 without it)."),
            ]), "What becomes of connections while no pod takes them."),
        Setting("publishNotReadyAddresses", .flag, "True sends requests to pods that run, ready or not."),
        Setting("terminationGraceSeconds", .number(0...3_600), "How long a pod that was deleted may finish its requests; 30 without it."),
        Setting("endpointLagMilliseconds", .number(0...60_000), "How long requests still go to a pod that was deleted, and break; 0 without it."),
        Setting("autoscaler", .block(HorizontalPodAutoscaler.settings), "Changes the number of pods with their usage."),
        Setting("schedule", .list(ScheduledScaling.settings), "Changes the number of pods at fixed times."),
        Setting("restarts", .integer(0...1_000_000), "Restarts that the first pods have behind them."),
    ]

    /// JSON Schema of the block.
    public static var schema: Value { settings.schema }

    /// Reads a service's `deployment`. What is wrong is reported; the rest is taken.
    public init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        self.init()
        Self.settings.check(node, pointer: pointer, reporting: diagnostics)
        replicas = node.integer("replicas") ?? 1
        image = node["image"]?.string
        requests = Amounts(node["resources"]?["requests"])
        limits = Amounts(node["resources"]?["limits"])
        usage = Usage(node["usage"])
        if let block = node["concurrency"] {
            concurrency = Concurrency(slots: max(1, block.integer("slots") ?? 1), hold: .milliseconds(exactly: block.number("holdMilliseconds") ?? 0))
        }
        queuesForProcessor = node["queueForProcessor"]?.value == .bool(true)
        readinessProbe = node["readinessProbe"].map { Probe($0) }
        livenessProbe = node["livenessProbe"].map { Probe($0) }
        start = node.seconds("startSeconds") ?? start
        backOff = BackOff(initial: node["restartBackOff"]?.seconds("initialSeconds") ?? .seconds(10), maximum: node["restartBackOff"]?.seconds("maximumSeconds") ?? .seconds(300))
        if let block = node["noEndpoints"] {
            let time = block.number("forMilliseconds").map { Duration.milliseconds(exactly: $0) }
            noEndpoints = block["connections"]?.string == "hang" ? .hang(time ?? .seconds(30)) : .refuse(after: time ?? .zero)
        }
        publishesNotReadyAddresses = node["publishNotReadyAddresses"]?.value == .bool(true)
        terminationGrace = node.seconds("terminationGraceSeconds") ?? terminationGrace
        endpointLag = node.number("endpointLagMilliseconds").map { .milliseconds(exactly: $0) } ?? endpointLag
        autoscaler = node["autoscaler"].map { HorizontalPodAutoscaler($0, pointer: pointer + "/autoscaler", reporting: diagnostics) }
        schedule = (node["schedule"]?.array ?? []).map { ScheduledScaling($0) }
        restarts = node.integer("restarts") ?? 0
    }
}

extension DeploymentSpec.Amounts {
    fileprivate init(_ node: JSONNode?) {
        millicores = (node?["cpu"]?.value).flatMap { Quantity.millicores($0) }
        mebibytes = (node?["memory"]?.value).flatMap { Quantity.mebibytes($0) }
    }
}

extension DeploymentSpec.Usage {
    fileprivate init(_ node: JSONNode?) {
        guard let node else { return }
        func cpu(_ name: String) -> Double? { (node[name]?.value).flatMap { Quantity.millicores($0) } }
        func memory(_ name: String) -> Double? { (node[name]?.value).flatMap { Quantity.mebibytes($0) } }
        idleMillicores = cpu("cpu") ?? idleMillicores
        idleMebibytes = memory("memory") ?? idleMebibytes
        // A thousandth of a core for a second is a millisecond of one.
        millicoreSecondsPerRequest = node.number("cpuMillisecondsPerRequest") ?? 0
        millicoresPerQueuedRequest = cpu("cpuPerQueuedRequest") ?? 0
        mebibytesPerRequest = memory("memoryPerRequest") ?? 0
        leakedMebibytesPerRequest = memory("memoryLeakPerRequest") ?? 0
        growthMebibytesPerSecond = memory("memoryGrowthPerSecond") ?? .infinity
        regrowthMebibytesPerSecond = memory("memoryRegrowthPerSecond")
        releaseMebibytesPerSecond = memory("memoryReleasePerSecond") ?? releaseMebibytesPerSecond
    }
}

extension JSONNode {
    func integer(_ name: String) -> Int? { self[name]?.value.integer }
    func number(_ name: String) -> Double? { self[name]?.value.number }
    func seconds(_ name: String) -> Duration? { number(name).map { .milliseconds(exactly: $0 * 1_000) } }
}
