import Base
import Telemetry

/// A change of wiring that a fault or a state brings: patches by service, and perhaps a second version beside the first.
public struct Change: Sendable {
    /// Merge patches by service name.
    public var patches: [(service: String, patch: JSONNode)] = []
    /// Versions that take a share of a service's requests.
    public var canaries: [Canary] = []

    /// A version that runs beside the others.
    public struct Canary: Sendable {
        public var service: String
        public var version: String
        /// Share of the service's requests in percent, 0 to 100.
        public var weight: Int
        public var patch: JSONNode
    }
}

/// A named way to break a pack.
public struct FaultDefinition: Sendable {
    public var name: String
    public var title: String
    public var description: String
    public var change: Change
    /// What a learner can see while it is on.
    public var shows: String
    /// What a right fix does.
    public var fix: String
    /// Numbers that the trainer may choose, with their standard values.
    public var options: [Option]
    public var deployment: Deployment?
    public var proof: Proof
    /// States whose answers are right as well, where there is more than one way to mend the fault.
    public var healthyStates: [String]
    public var location: SourceLocation

    public struct Option: Sendable {
        public var name: String
        public var standard: Int
        public var range: ClosedRange<Int>
        public var summary: String
    }

    /// How the fault arrives: as a new version with an innocent title. Without one it arrives silently.
    public struct Deployment: Sendable {
        public var service: String
        public var version: String
        public var title: String
    }

    public struct Proof: Sendable {
        /// Names of checks that fail while the fault is on, and no others.
        public var red: [String] = []
        /// Names of checks that may fail as well: they do when they ask at the wrong moment.
        public var sometimes: [String] = []
        /// By the name of another fault: checks that fail only while that one is on too.
        public var together: [String: [String]] = [:]
        /// By the name of another fault: checks of `red` that may pass while that one is on too, because it hides what this one does.
        public var masked: [String: [String]] = [:]
        /// Evidence queries that find something while the fault is on and nothing while it is off.
        public var evidence: [String] = []
        /// Visitors under whom it shows, where it does not show to a few.
        public var load: Load?

        public struct Load: Sendable {
            /// Name of a journey of the pack.
            public var journey: String
            /// Instead of the journey's own.
            public var duration: Duration?
        }
    }

    /// The change with options filled in.
    ///
    /// - Throws: `OptionError` for an option that does not exist or a value out of range.
    public func change(with values: [String: Int]) throws(OptionError) -> Change {
        for (name, value) in values {
            guard let option = options.first(where: { $0.name == name }) else {
                throw OptionError("the fault \"\(self.name)\" has no option \"\(name)\"" + suggestion(for: name, among: options.map(\.name)))
            }
            guard option.range.contains(value) else {
                throw OptionError("\(name)=\(value) is out of range; allowed are \(option.range.lowerBound) to \(option.range.upperBound)")
            }
        }
        var filled = change
        let chosen = Dictionary(uniqueKeysWithValues: options.map { ($0.name, values[$0.name] ?? $0.standard) })
        for index in filled.patches.indices { filled.patches[index].patch = filled.patches[index].patch.fillingOptions(chosen) }
        for index in filled.canaries.indices { filled.canaries[index].patch = filled.canaries[index].patch.fillingOptions(chosen) }
        return filled
    }

    public struct OptionError: Error, CustomStringConvertible, Sendable {
        public let description: String
        init(_ description: String) { self.description = description }
    }
}

extension JSONNode {
    /// Replaces `{"$option": "name"}` by the number chosen for it.
    func fillingOptions(_ values: [String: Int]) -> JSONNode {
        switch content {
        case .object(let members):
            if members.count == 1, members[0].name == "$option", let name = members[0].value.string, let value = values[name] {
                return JSONNode(.int(value), at: location)
            }
            return JSONNode(
                .object(members.map { Member(name: $0.name, nameLocation: $0.nameLocation, value: $0.value.fillingOptions(values)) }), at: location)
        case .array(let elements): return JSONNode(.array(elements.map { $0.fillingOptions(values) }), at: location)
        default: return self
        }
    }
}

/// A named set of faults plus what learners can see of the shop.
public struct StateDefinition: Sendable {
    public var name: String
    public var title: String
    public var aliases: [String]
    public var faults: [String]
    public var instrumentation: Instrumentation
    /// False leaves the RUM snippet out of pages, whatever the host was told.
    public var hasRUM: Bool
    /// The journey that goes with it, by name: what its exercise needs as traffic.
    public var load: String?
    public var change: Change
    public var location: SourceLocation
}

