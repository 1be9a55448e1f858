import Base
import HTTP
import Telemetry
import XRay

extension ObservabilityAPI {
    private static let periods = [60, 300]

    /// What came of requests, minute by minute: of those that came from outside, or of the services or calls that a selector names.
    func timeSeries(_ question: Value, _ store: SegmentStore) throws(XRayError) -> Response {
        let range = try Self.range(question)
        let period = question["Period"]?.integer ?? Self.periods[0]
        guard Self.periods.contains(period) else { throw XRayError(message: "Period must be 60 or 300.") }
        let group = try Self.groupFilter(question, store.recorder)
        let selector = question["EntitySelectorExpression"]?.text ?? ""
        let choice = try Self.filter(selector, store.recorder, groups: [])
        var isEdge = false
        switch choice {
        case .all, .service: break
        case .edge: isEdge = true
        default: throw XRayError(message: "EntitySelectorExpression must be service(...) or edge(...).")
        }
        var windows: [Int64: ServiceGraph.Statistics] = [:]
        for trace in store.traces(in: range).map(\.trace) where group.matches(trace) {
            let segments = choice == .all ? [trace.root].compactMap(\.self) : choice.selected(in: trace) ?? []
            for segment in segments { windows[segment.start.seconds / Int64(period) * Int64(period), default: ServiceGraph.Statistics()].add(segment) }
        }
        return Self.xrayAnswer { json in
            json.object { json in
                json.key("TimeSeriesServiceStatistics")
                json.array(windows.sorted { $0.key < $1.key }) { json, window in
                    json.object { json in
                        json.member("Timestamp", Timestamp(nanoseconds: window.key * 1_000_000_000))
                        window.value.write(isEdge ? "EdgeSummaryStatistics" : "ServiceSummaryStatistics", to: &json)
                        window.value.writeHistogram("ResponseTimeHistogram", to: &json)
                    }
                }
                json.member("ContainsOldGroupVersions", false)
            }
        }
    }
}
