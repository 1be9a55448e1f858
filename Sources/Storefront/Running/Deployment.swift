import Base
import Database
import Packs
import Telemetry

/// One version of a service that takes requests.
public final class Deployment {
    public unowned let service: ServiceRuntime
    public let version: String
    /// Share of the service's requests relative to the other deployments.
    public let weight: Int
    /// What people are told: "Initial version", "Show the banner on every page" ...
    public let title: String
    public let startedAt: Timestamp
    public let compiled: CompiledService
    /// What this version keeps in its memory, by the cache's name; gone with it.
    var caches: [String: CacheStore] = [:]

    init(service: ServiceRuntime, version: String, weight: Int, title: String, startedAt: Timestamp, compiled: CompiledService) {
        self.service = service
        self.version = version
        self.weight = weight
        self.title = title
        self.startedAt = startedAt
        self.compiled = compiled
    }
}

/// The compiled versions of a service by what they were made from, the oldest forgotten first.
struct CodeLibrary {
    private var code: [String: [CompiledService]] = [:]
    private var order: [String] = []

    /// A pack's faults, one at a time, and some of their combinations.
    private static let limit = 24

    subscript(signature: String) -> [CompiledService]? { code[signature] }

    mutating func keep(_ compiled: [CompiledService], as signature: String) {
        guard code.updateValue(compiled, forKey: signature) == nil else { return }
        order.append(signature)
        // The first is what the shop started with, to which every reset leads back.
        if order.count > Self.limit { code[order.remove(at: 1)] = nil }
    }
}

/// A service of a running shop: its place in the mesh and the versions that answer for it.
public final class ServiceRuntime {
    public let name: String
    /// Name in the mesh, as other services and log lines call it.
    public let host: String
    public let port: Int
    /// Host and port, as callers write them.
    let authority: String
    /// Wiring that all active faults and deployments have made; what a learner reads.
    public internal(set) var wiring: JSONNode
    public internal(set) var deployments: [Deployment] = []
    /// What the current versions were made from, to leave alone what does not change.
    var signature = ""
    /// What was compiled before: a reset, or a fault that goes on again, needs no compiling.
    var library = CodeLibrary()
    /// Connections that steps took out of a pool; they go back when the service is deployed anew, as those of an ended process do.
    private var heldLeases: [ObjectIdentifier: Lease] = [:]
    var tasks: [Task<Void, Never>] = []
    /// What the service's own library for metrics has counted.
    var requestMetrics = Metrics()
    /// Nil for a service without a deployment in the cluster.
    var pods: ServicePods?
    var podMetrics: PodMetrics?
    /// What listeners were told last.
    var wasReachable = true

    init(name: String, host: String, port: Int, wiring: JSONNode) {
        self.name = name
        self.host = host
        self.port = port
        authority = "\(host):\(port)"
        self.wiring = wiring
    }

    func hold(_ lease: Lease) { heldLeases[ObjectIdentifier(lease)] = lease }

    /// Does nothing for a lease that went back before.
    func giveBack(_ lease: Lease) {
        heldLeases[ObjectIdentifier(lease)] = nil
        lease.release()
    }

    /// What ends with the service's process: connections go back, and what holds it up is over.
    func endProcess() {
        for lease in heldLeases.values { lease.release() }
        heldLeases = [:]
        standsStillUntil = nil
    }

    /// Nothing goes on in the service's process before, as while a runtime collects garbage; nil when all goes on.
    private(set) var standsStillUntil: Timestamp?

    /// Stops all that goes on in the service's process.
    public func standStill(until end: Timestamp) { standsStillUntil = max(end, standsStillUntil ?? end) }

    /// Waits while the process stands still.
    func awaitMotion(on loop: EventLoop) async {
        while let end = standsStillUntil {
            guard end > loop.now else { standsStillUntil = nil; return }
            do { try await loop.sleep(for: end - loop.now) } catch { return }
        }
    }

    /// False while the service's listener is closed: whoever calls is refused.
    public var isReachable: Bool { deployments.contains { $0.compiled.isReachable && $0.weight > 0 } && pods?.controller.isReachable ?? true }

    /// The deployment that answers the next request, by weight.
    func choose(_ random: inout SeededRandom) -> Deployment {
        if deployments.count == 1 { return deployments[0] }
        let total = deployments.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return deployments[0] }
        var ticket = Int.random(in: 0..<total, using: &random)
        for deployment in deployments {
            ticket -= deployment.weight
            if ticket < 0 { return deployment }
        }
        return deployments[deployments.count - 1]
    }
}
