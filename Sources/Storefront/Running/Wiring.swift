import Base
import Packs

/// The wiring of all services for a set of active faults, computed as data: base, then the state's change, then each fault's.
public struct Wiring: Sendable {
    /// One version of a service before it is compiled.
    public struct Version: Sendable {
        public var wiring: JSONNode
        public var version: String?
        public var weight: Int
        public var title: String
        /// What the wiring was made from: equal origins of one pack mean equal wirings, which saves comparing and compiling.
        public var origin: String
    }

    public private(set) var versions: [String: [Version]] = [:]

    /// - Parameter edited: Wirings that a learner has deployed; they replace base and faults of their service.
    /// - Throws: Mistakes in patches, and faults that touch the same key.
    public init(_ pack: Pack, state: StateDefinition, faults: [ActiveFault], edited: [String: [Version]] = [:]) throws(Problems) {
        let diagnostics = Diagnostics()
        var changes = [state.change]
        var deployments: [FaultDefinition.Deployment] = []
        try Self.checkConflicts(pack, faults)
        for active in faults {
            guard let fault = pack.fault(named: active.name) else { continue }
            do {
                changes.append(try fault.change(with: active.options))
            } catch {
                diagnostics.report("\(error)", at: fault.location, pointer: "/" + fault.name)
            }
            if let deployment = fault.deployment { deployments.append(deployment) }
        }
        for service in pack.services {
            if let own = edited[service] { versions[service] = own; continue }
            var node = pack.wiring[service] ?? JSONNode(.object([]), at: SourceLocation(file: "", line: 1, column: 1))
            for change in changes {
                for (name, patch) in change.patches where name == service { node = Overlay.apply(patch, to: node, reporting: diagnostics) }
            }
            let deployment = deployments.last { $0.service == service }
            let origin = Self.origin(of: service, pack, state, faults)
            var list = [Version(wiring: node, version: deployment?.version, weight: 100, title: deployment?.title ?? "Initial version", origin: origin)]
            for canary in changes.flatMap(\.canaries) where canary.service == service {
                list[0].weight -= canary.weight
                list.append(
                    Version(wiring: Overlay.apply(canary.patch, to: node, reporting: diagnostics), version: canary.version, weight: canary.weight, title: "Version \(canary.version)",
                        origin: origin + " canary"))
            }
            list[0].weight = max(0, list[0].weight)
            versions[service] = list
        }
        try diagnostics.check()
    }

    /// The changes that touch a service, in order.
    private static func origin(of service: String, _ pack: Pack, _ state: StateDefinition, _ faults: [ActiveFault]) -> String {
        var parts = ["pack"]
        if state.change.touches(service) { parts.append("state \(state.name)") }
        for active in faults {
            guard let fault = pack.fault(named: active.name), fault.change.touches(service) || fault.deployment?.service == service else { continue }
            parts.append("\(active.name) \(active.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))")
        }
        return parts.joined(separator: " + ")
    }

    private static func checkConflicts(_ pack: Pack, _ faults: [ActiveFault]) throws(Problems) {
        var problems: [Problem] = []
        var earlier: [FaultDefinition] = []
        for fault in faults.compactMap({ pack.fault(named: $0.name) }) {
            for other in earlier {
                guard let key = conflict(fault, other) else { continue }
                problems.append(
                    Problem("\"\(fault.name)\" and \"\(other.name)\" both change \(key); switch one of them off first", at: fault.location, pointer: "/" + fault.name.pointerToken))
            }
            earlier.append(fault)
        }
        if !problems.isEmpty { throw Problems(problems) }
    }

    /// Service and key that both faults change.
    private static func conflict(_ first: FaultDefinition, _ second: FaultDefinition) -> String? {
        // A canary starts from what the other fault makes of the service, so it must not change the same places either.
        func keys(_ fault: FaultDefinition) -> Set<String> {
            let patches = fault.change.patches + fault.change.canaries.map { ($0.service, $0.patch) }
            return Set(patches.flatMap { service, patch in Overlay.touchedPointers(patch).map { service + $0 } })
        }
        return Overlay.conflict(between: keys(first), and: keys(second))
    }

    /// True when the two faults may be on together.
    public static func areCompatible(_ first: FaultDefinition, _ second: FaultDefinition) -> Bool { conflict(first, second) == nil }
}

extension Change {
    func touches(_ service: String) -> Bool {
        patches.contains { $0.service == service } || canaries.contains { $0.service == service }
    }
}
