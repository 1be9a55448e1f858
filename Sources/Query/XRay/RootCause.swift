import Base
import Telemetry
import XRay

/// Why a trace failed or took long: the services from its root to the one where that began.
struct RootCause {
    struct Entity {
        var name: String
        var isRemote: Bool
        var exceptions: [Segment.Exception]
        /// Share of the root's time, 0 to 1; nil for failures.
        var coverage: Double?
    }

    struct Service {
        var node: ServiceNode
        var isInferred: Bool
        /// The segment, and its subsegments down to the call of the next service, or to where the cause is.
        var entities: [Entity]
    }

    var services: [Service]

    static func causes(_ kind: TraceFilter.CauseKind, of trace: SegmentTrace) -> [RootCause] {
        switch kind {
        case .fault: Failures(trace: trace) { $0.isFault }.causes
        case .error: Failures(trace: trace) { $0.isError && !$0.isFault }.causes
        case .responseTime: slowness(of: trace)
        }
    }

    /// As X-Ray's API writes it.
    var value: Value {
        .object([
            "Services": .list(
                services.map { service in
                    var members: [(String, Value)] = [("Name", .string(service.node.name)), ("Names", .list([.string(service.node.name)]))]
                    if !service.node.type.isEmpty { members.append(("Type", .string(service.node.type))) }
                    members += [("Inferred", .bool(service.isInferred)), ("EntityPath", .list(service.entities.map(\.value)))]
                    return .record(Record(members))
                }),
            "ClientImpacting": true,
        ])
    }

    // MARK: Slowness

    /// One path at most: from each part to the longest one in it, as long as that takes half of it or more.
    private static func slowness(of trace: SegmentTrace) -> [RootCause] {
        guard let root = trace.visits.first(where: { $0.segment.id == trace.root?.id }), root.segment.duration > .zero else { return [] }
        var services: [Service] = []
        var visit: SegmentTrace.Visit? = root
        while let here = visit, services.count < 50 {
            visit = nil
            var path = [here.segment]
            while !here.isInferred, let longest = path.last!.subsegments.max(by: { $0.duration < $1.duration }), longest.duration * 2 >= path.last!.duration {
                path.append(longest)
                visit = trace.visits.first { $0.call?.id == longest.id && $0.segment.id != here.segment.id }
                if visit != nil { break }
            }
            services.append(Service(here, path) { min(1, $0.duration / root.segment.duration) })
        }
        return [RootCause(services: services)]
    }

    // MARK: Failures

    /// From the root to the last service in a row that failed; one cause for each place where such a row ends.
    private struct Failures {
        let trace: SegmentTrace
        let isFailed: (Segment) -> Bool

        var causes: [RootCause] {
            guard let root = trace.visits.first(where: { $0.segment.id == trace.root?.id }), isFailed(root.segment) else { return [] }
            return paths(from: root, depth: 0).map { RootCause(services: $0) }
        }

        private func paths(from visit: SegmentTrace.Visit, depth: Int) -> [[Service]] {
            if visit.isInferred { return [[Service(visit, [visit.segment])]] }
            var found: [[Service]] = []
            visit.segment.forEachPath { path in
                guard depth < 50, ServiceNode(calledBy: path.last!) != nil else { return }
                for next in trace.visits where next.call?.id == path.last!.id && next.segment.id != visit.segment.id && isFailed(next.segment) {
                    found += paths(from: next, depth: depth + 1).map { [Service(visit, path)] + $0 }
                }
            }
            return found.isEmpty ? [[Service(visit, inside(visit.segment))]] : found
        }

        /// Down to the innermost part that failed.
        private func inside(_ segment: Segment) -> [Segment] {
            var path = [segment]
            while let part = path.last!.subsegments.first(where: isFailed) { path.append(part) }
            return path
        }
    }
}

extension RootCause.Service {
    fileprivate init(_ visit: SegmentTrace.Visit, _ path: [Segment], coverage: ((Segment) -> Double)? = nil) {
        self.init(
            node: visit.node, isInferred: visit.isInferred,
            entities: path.map { segment in
                RootCause.Entity(
                    name: segment.name, isRemote: segment.namespace == "remote" || segment.namespace == "aws", exceptions: segment.exceptions, coverage: coverage?(segment))
            })
    }
}

extension RootCause.Entity {
    fileprivate var value: Value {
        if let coverage { return .object(["Name": .string(name), "Coverage": .double(coverage), "Remote": .bool(isRemote)]) }
        return .object([
            "Name": .string(name), "Exceptions": .list(exceptions.map { .object(["Name": .string($0.type), "Message": .string($0.message)]) }), "Remote": .bool(isRemote),
        ])
    }
}

extension Segment {
    fileprivate var exceptions: [Exception] { if case .exceptions(let exceptions, _)? = cause { exceptions } else { [] } }

    /// Calls the closure with the way from the segment to each of its subsegments, at any depth.
    fileprivate func forEachPath(_ body: ([Segment]) -> Void) {
        func visit(_ path: [Segment]) {
            for part in path.last!.subsegments {
                body(path + [part])
                visit(path + [part])
            }
        }
        visit([self])
    }
}

// MARK: Filters

/// A service, an entity or an exception of a root cause as conditions look at it.
struct RootCauseElement {
    var name: String
    var type = ""
    var message = ""
    var index: Int
    var count: Int
    var isRemote = false
    var isInferred = false
    var coverage: Double?
}

extension RootCause {
    func elements(_ part: TraceFilter.CausePart) -> [RootCauseElement] {
        switch part {
        case .service:
            services.enumerated().map { index, service in
                RootCauseElement(
                    name: service.node.name, type: service.node.type, index: index, count: services.count, isRemote: service.node.type == "remote",
                    isInferred: service.isInferred)
            }
        case .entity:
            services.flatMap { service in
                service.entities.enumerated().map { index, entity in
                    RootCauseElement(
                        name: entity.name, index: index, count: service.entities.count, isRemote: entity.isRemote, isInferred: service.isInferred, coverage: entity.coverage)
                }
            }
        case .exception:
            services.flatMap(\.entities).flatMap { entity in
                entity.exceptions.enumerated().map { index, exception in
                    RootCauseElement(
                        name: exception.type, message: exception.message, index: index, count: entity.exceptions.count, isRemote: entity.isRemote)
                }
            }
        }
    }

    /// What is asked for is part of what is there: members may be left out, elements of lists may not.
    static func fits(_ wanted: Value, _ actual: Value) -> Bool {
        if let wanted = wanted.fields {
            return zip(wanted.layout.names, wanted.values).allSatisfy { name, value in actual[name].map { fits(value, $0) } ?? false }
        }
        guard let wanted = wanted.elements else { return wanted == actual }
        guard let actual = actual.elements, actual.count == wanted.count else { return false }
        return zip(wanted, actual).allSatisfy(fits)
    }
}

extension TraceFilter {
    /// For what stands in the braces of `rootcause`; the parser lets nothing else in there.
    func holds(for element: RootCauseElement) -> Bool {
        switch self {
        case .all: true
        case .and(let parts): parts.allSatisfy { $0.holds(for: element) }
        case .or(let parts): parts.contains { $0.holds(for: element) }
        case .not(let part): !part.holds(for: element)
        case .flag(.first): element.index == 0
        case .flag(.last): element.index == element.count - 1
        case .flag(.root): element.index == 0
        case .flag(.remote): element.isRemote
        case .flag(.inferred): element.isInferred
        case .number(.index, let comparison, let wanted): comparison.holds(Double(element.index), wanted)
        case .number(.coverage, let comparison, let wanted): element.coverage.map { comparison.holds($0, wanted) } ?? false
        case .text(.name, let test): test.holds(for: element.name)
        case .text(.type, let test): test.holds(for: element.type)
        case .text(.message, let test): test.holds(for: element.message)
        default: false
        }
    }
}
