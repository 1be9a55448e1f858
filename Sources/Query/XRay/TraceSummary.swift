import Base
import Telemetry
import XRay

/// One line of X-Ray's list of traces.
struct TraceSummary {
    let trace: SegmentTrace

    func write(to json: inout JSONWriter) {
        let root = trace.root
        json.object { json in
            json.member("Id", trace.id.amazon)
            json.member("StartTime", trace.start)
            json.key("Duration")
            json.value(Value.double(trace.duration / .seconds(1)))
            json.key("ResponseTime")
            json.value(Value.double((root?.duration ?? trace.duration) / .seconds(1)))
            json.member("HasFault", root?.isFault ?? false)
            json.member("HasError", root?.isError ?? false)
            json.member("HasThrottle", trace.visits.contains { $0.segment.isThrottle })
            json.member("IsPartial", trace.isPartial)
            if let http = root?.http { write(http, to: &json) }
            writeAnnotations(to: &json)
            json.key("Users")
            json.array(users) { json, user in
                json.object { json in
                    json.member("UserName", user.name)
                    json.key("ServiceIds")
                    json.array(user.nodes) { Self.write($1, to: &$0) }
                }
            }
            json.key("ServiceIds")
            json.array(unique(trace.visits.map(\.node))) { Self.write($1, to: &$0) }
            if let root {
                json.key("EntryPoint")
                Self.write(ServiceNode(root), to: &json)
            }
            json.key("FaultRootCauses")
            json.array(causes { $0.isFault }) { write($1, to: &$0) }
            json.key("ErrorRootCauses")
            json.array(causes { $0.isError && !$0.isFault }) { write($1, to: &$0) }
            json.member("Revision", 1)
        }
    }

    private func write(_ http: Segment.HTTP, to json: inout JSONWriter) {
        json.key("Http")
        json.object { json in
            for (name, text) in [("HttpURL", http.url), ("HttpMethod", http.method), ("UserAgent", http.userAgent), ("ClientIp", http.client)] {
                if !text.isEmpty { json.member(name, text) }
            }
            if http.status != 0 { json.member("HttpStatus", http.status) }
        }
    }

    private static func write(_ node: ServiceNode, to json: inout JSONWriter) {
        json.object { json in
            json.member("Name", node.name)
            json.key("Names")
            json.array([node.name]) { $0.value($1) }
            if !node.type.isEmpty { json.member("Type", node.type) }
        }
    }

    // MARK: Annotations and users

    private func writeAnnotations(to json: inout JSONWriter) {
        var order: [String] = []
        var values: [String: [(value: Value, node: ServiceNode)]] = [:]
        for visit in trace.visits where !visit.isInferred {
            visit.segment.forEach { part in
                for annotation in part.annotations {
                    if values[annotation.name] == nil { order.append(annotation.name) }
                    values[annotation.name, default: []].append((annotation.value, visit.node))
                }
            }
        }
        json.key("Annotations")
        json.object { json in
            for key in order {
                json.key(key)
                json.array(values[key]!) { json, item in
                    json.object { json in
                        json.key("AnnotationValue")
                        json.object { json in
                            switch item.value {
                            case .bool(let flag): json.member("BooleanValue", flag)
                            case .int, .double:
                                json.key("NumberValue")
                                json.value(item.value)
                            default: json.member("StringValue", item.value.text)
                            }
                        }
                        json.key("ServiceIds")
                        json.array([item.node]) { Self.write($1, to: &$0) }
                    }
                }
            }
        }
    }

    private var users: [(name: String, nodes: [ServiceNode])] {
        unique(trace.segments.map(\.user).filter { !$0.isEmpty }).map { user in
            (user, unique(trace.segments.filter { $0.user == user }.map { ServiceNode($0) }))
        }
    }

    private func unique<Element: Hashable>(_ list: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return list.filter { seen.insert($0).inserted }
    }

    // MARK: Causes

    /// From the root to the last service in a row that failed; one for each place where such a row ends.
    private func causes(_ failed: @escaping (Segment) -> Bool) -> [[SegmentTrace.Visit]] {
        guard let root = trace.visits.first(where: { $0.segment.id == trace.root?.id }), failed(root.segment) else { return [] }
        return paths(from: root, failed, depth: 0)
    }

    private func paths(from visit: SegmentTrace.Visit, _ failed: @escaping (Segment) -> Bool, depth: Int) -> [[SegmentTrace.Visit]] {
        let calls = Set(visit.segment.calls.map(\.id))
        let next = trace.visits.filter { other in other.call.map { calls.contains($0.id) } ?? false && other.segment.id != visit.segment.id && failed(other.segment) }
        guard !next.isEmpty, depth < 50, !visit.isInferred else { return [[visit]] }
        return next.flatMap { paths(from: $0, failed, depth: depth + 1) }.map { [visit] + $0 }
    }

    private func write(_ path: [SegmentTrace.Visit], to json: inout JSONWriter) {
        json.object { json in
            json.key("Services")
            json.array(path) { json, visit in
                json.object { json in
                    json.member("Name", visit.node.name)
                    json.key("Names")
                    json.array([visit.node.name]) { $0.value($1) }
                    if !visit.node.type.isEmpty { json.member("Type", visit.node.type) }
                    json.member("Inferred", visit.isInferred)
                    json.key("EntityPath")
                    json.array([visit.segment]) { json, segment in
                        json.object { json in
                            json.member("Name", segment.name)
                            json.member("Remote", segment.namespace == "remote" || segment.namespace == "aws")
                            json.key("Exceptions")
                            json.array(segment.exceptions) { json, exception in
                                json.object { json in
                                    json.member("Name", exception.type)
                                    json.member("Message", exception.message)
                                }
                            }
                        }
                    }
                }
            }
            json.member("ClientImpacting", true)
        }
    }
}

extension Segment {
    /// The subsegments that lead elsewhere, at any depth.
    fileprivate var calls: [Segment] {
        var calls: [Segment] = []
        forEach { if ServiceNode(calledBy: $0) != nil { calls.append($0) } }
        return calls
    }

    fileprivate var exceptions: [Exception] { if case .exceptions(let exceptions, _)? = cause { exceptions } else { [] } }
}
