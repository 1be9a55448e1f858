import Base
import Telemetry
import XRay

/// X-Ray's map: who calls whom, how often, how well, how fast.
struct ServiceGraph {
    /// What came of the requests to a place, or over an edge.
    struct Statistics {
        private(set) var ok = 0
        private(set) var throttles = 0
        private(set) var otherErrors = 0
        private(set) var faults = 0
        private(set) var total = 0
        private(set) var seconds = 0.0
        /// Requests by duration, to the millisecond.
        private var milliseconds: [Int: Int] = [:]

        mutating func add(_ segment: Segment) {
            total += 1
            let duration = segment.duration / .seconds(1)
            seconds += duration
            milliseconds[Int((duration * 1_000).rounded()), default: 0] += 1
            // The worst counts.
            if segment.isFault { faults += 1 } else if segment.isThrottle { throttles += 1 } else if segment.isError { otherErrors += 1 } else { ok += 1 }
        }

        var histogram: [(value: Double, count: Int)] { milliseconds.sorted { $0.key < $1.key }.map { (Double($0.key) / 1_000, $0.value) } }
    }

    struct Edge {
        let target: ServiceNode
        var statistics = Statistics()
        var span: ClosedRange<Timestamp>
    }

    final class Place {
        let node: ServiceNode
        /// Tells of itself.
        var isActive = false
        /// Was asked from outside.
        var isRoot = false
        var statistics = Statistics()
        var span: ClosedRange<Timestamp>
        fileprivate(set) var edges: [Edge] = []

        init(_ node: ServiceNode, _ span: ClosedRange<Timestamp>) {
            self.node = node
            self.span = span
        }

        fileprivate func add(_ segment: Segment, to target: ServiceNode) {
            let time = segment.start...(segment.end ?? segment.start)
            let position = edges.firstIndex { $0.target == target } ?? edges.count
            if position == edges.count { edges.append(Edge(target: target, span: time)) }
            edges[position].span = edges[position].span.joined(with: time)
            edges[position].statistics.add(segment)
        }
    }

    /// Services by name and type, then the clients of each service that was asked from outside.
    private(set) var places: [Place] = []
    private(set) var clients: [Place] = []

    init(_ traces: [SegmentTrace]) {
        var known: [ServiceNode: Place] = [:]
        var clients: [ServiceNode: Place] = [:]
        func place(_ node: ServiceNode, _ time: ClosedRange<Timestamp>) -> Place {
            let place = known[node] ?? Place(node, time)
            known[node] = place
            place.span = place.span.joined(with: time)
            return place
        }
        for trace in traces {
            for visit in trace.visits {
                let segment = visit.segment
                let time = segment.start...(segment.end ?? segment.start)
                let target = place(visit.node, time)
                if !visit.isInferred { target.isActive = true }
                target.statistics.add(segment)
                if let caller = visit.caller {
                    let call = visit.call ?? segment
                    place(caller, call.start...(call.end ?? call.start)).add(call, to: visit.node)
                } else if !visit.isInferred {
                    target.isRoot = true
                    let client = clients[visit.node] ?? Place(ServiceNode(name: visit.node.name, type: "client"), time)
                    clients[visit.node] = client
                    client.span = client.span.joined(with: time)
                    client.add(segment, to: visit.node)
                }
            }
        }
        places = known.values.sorted { ($0.node.name, $0.node.type) < ($1.node.name, $1.node.type) }
        self.clients = clients.sorted { ($0.key.name, $0.key.type) < ($1.key.name, $1.key.type) }.map(\.value)
    }

    func write(to json: inout JSONWriter) {
        let references = Dictionary(places.enumerated().map { ($1.node, $0) }, uniquingKeysWith: { first, _ in first })
        json.array((places + clients).enumerated()) { json, item in
            let (reference, place) = item
            let isClient = reference >= places.count
            json.object { json in
                json.member("ReferenceId", reference)
                json.member("Name", place.node.name)
                json.key("Names")
                json.array([place.node.name]) { $0.value($1) }
                if place.isRoot { json.member("Root", true) }
                if !place.node.type.isEmpty { json.member("Type", place.node.type) }
                json.member("State", place.isActive ? "active" : "unknown")
                json.member("StartTime", place.span.lowerBound)
                json.member("EndTime", place.span.upperBound)
                json.key("Edges")
                json.array(place.edges.sorted { references[$0.target]! < references[$1.target]! }) { json, edge in
                    json.object { json in
                        json.member("ReferenceId", references[edge.target]!)
                        json.member("StartTime", edge.span.lowerBound)
                        json.member("EndTime", edge.span.upperBound)
                        edge.statistics.write(to: &json)
                        edge.statistics.writeHistogram("ResponseTimeHistogram", to: &json)
                        json.key("Aliases")
                        json.array { _ in }
                    }
                }
                if !isClient {
                    place.statistics.write(to: &json)
                    place.statistics.writeHistogram("DurationHistogram", to: &json)
                    place.statistics.writeHistogram("ResponseTimeHistogram", to: &json)
                }
            }
        }
    }
}

extension ServiceGraph.Statistics {
    func write(_ name: String = "SummaryStatistics", to json: inout JSONWriter) {
        json.key(name)
        json.object { json in
            json.member("OkCount", ok)
            json.key("ErrorStatistics")
            json.object { json in
                json.member("ThrottleCount", throttles)
                json.member("OtherCount", otherErrors)
                json.member("TotalCount", throttles + otherErrors)
            }
            json.key("FaultStatistics")
            json.object { json in
                json.member("OtherCount", faults)
                json.member("TotalCount", faults)
            }
            json.member("TotalCount", total)
            json.key("TotalResponseTime")
            json.value(Value.double(seconds))
        }
    }

    func writeHistogram(_ name: String, to json: inout JSONWriter) {
        json.key(name)
        json.array(histogram) { json, bar in
            json.object { json in
                json.key("Value")
                json.value(Value.double(bar.value))
                json.member("Count", bar.count)
            }
        }
    }
}

extension ClosedRange<Timestamp> {
    fileprivate func joined(with other: Self) -> Self { Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound) }
}
