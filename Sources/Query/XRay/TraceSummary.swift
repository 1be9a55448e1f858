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
            for (name, kind) in [("FaultRootCauses", .fault), ("ErrorRootCauses", .error), ("ResponseTimeRootCauses", .responseTime)] as [(String, TraceFilter.CauseKind)] {
                json.key(name)
                json.array(RootCause.causes(kind, of: trace)) { $0.value($1.value) }
            }
            let machines = trace.segments.map { $0.aws["ec2"] }
            for (list, member, values) in [
                ("ResourceARNs", "ARN", trace.segments.map { $0.aws["resource_arn"]?.text }), ("InstanceIds", "Id", machines.map { $0?["instance_id"]?.text }),
                ("AvailabilityZones", "Name", machines.map { $0?["availability_zone"]?.text }),
            ] {
                json.key(list)
                json.array(unique(values.compactMap(\.self))) { json, text in json.object { $0.member(member, text) } }
            }
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
}
