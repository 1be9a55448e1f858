import Base
import Database
import Packs

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

/// A service of a running shop: its place in the mesh and the versions that answer for it.
public final class ServiceRuntime {
    public let name: String
    /// Name in the mesh, as other services and log lines call it.
    public let host: String
    public let port: Int
    /// Wiring that all active faults and deployments have made; what a learner reads.
    public internal(set) var wiring: JSONNode
    public internal(set) var deployments: [Deployment] = []
    /// What the current versions were made from, to leave alone what does not change.
    var signature = ""
    var nextSignature = ""
    /// The code that the shop started with: a reset, or the last fault that goes off, needs no compiling.
    var initial: (signature: String, code: [CompiledService])?
    /// Connections that steps took out of a pool; they go back when the service is deployed anew, as those of an ended process do.
    private var heldLeases: [ObjectIdentifier: Lease] = [:]
    var tasks: [Task<Void, Never>] = []

    init(name: String, host: String, port: Int, wiring: JSONNode) {
        self.name = name
        self.host = host
        self.port = port
        self.wiring = wiring
    }

    func hold(_ lease: Lease) { heldLeases[ObjectIdentifier(lease)] = lease }

    /// Does nothing for a lease that went back before.
    func giveBack(_ lease: Lease) {
        heldLeases[ObjectIdentifier(lease)] = nil
        lease.release()
    }

    func releaseLeases() {
        for lease in heldLeases.values { lease.release() }
        heldLeases = [:]
    }

    /// False while the service's listener is closed: whoever calls is refused.
    public var isReachable: Bool { deployments.contains { $0.compiled.isReachable && $0.weight > 0 } }

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
