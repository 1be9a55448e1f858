import Base
import HTTP
import Telemetry

extension ObservabilityAPI {
    func operations(_ target: APITarget, _ view: TraceView) throws(APIError) -> Response {
        guard let service = target["service"] else { throw .badRequest("parameter 'service' is required") }
        let kind = target["spanKind"]
        let operations = view.operations(of: service).filter { kind == nil || $0.kind.rawValue == kind }
        return Self.envelope(total: operations.count) { json in
            json.array(operations) { json, operation in
                json.object { json in
                    json.member("name", operation.name)
                    json.member("spanKind", operation.kind.rawValue)
                }
            }
        }
    }

    func traces(_ target: APITarget, _ view: TraceView) throws(APIError) -> Response {
        let identifiers = target.all("traceID")
        let found = identifiers.isEmpty ? view.traces(matching: try search(target)) : identifiers.compactMap { view.trace($0) }
        return Self.answer(found)
    }

    func trace(_ id: String, _ view: TraceView) throws(APIError) -> Response {
        // Grafana reads the first element without looking: an unknown trace must not be an empty list.
        guard let trace = view.trace(id) else { throw .notFound("trace not found") }
        return Self.answer([trace])
    }

    /// Jaeger gives `total` 0 for traces.
    private static func answer(_ traces: [Trace]) -> Response {
        envelope(total: 0) { json in json.array(traces) { JaegerJSON.write($1, to: &$0) } }
    }

    private func search(_ target: APITarget) throws(APIError) -> TraceSearch {
        guard let service = target["service"] else { throw .badRequest("parameter 'service' is required") }
        return TraceSearch(
            service: service, operation: target["operation"], tags: try tags(target), from: try target.time("start"),
            to: try target.time("end"), minimumDuration: try target.duration("minDuration"),
            maximumDuration: try target.duration("maxDuration"), limit: try target.limit())
    }

    private func tags(_ target: APITarget) throws(APIError) -> [(name: String, value: String)] {
        var tags: [(name: String, value: String)] = []
        for text in target.all("tag") {
            guard let colon = text.firstIndex(of: ":") else { throw .badRequest("malformed 'tag' parameter, expecting key:value, received: \(text)") }
            tags.append((String(text[..<colon]), String(text[text.index(after: colon)...])))
        }
        for text in target.all("tags") {
            guard let record = try? Value.parse(json: text.utf8).fields else {
                throw .badRequest("malformed 'tags' parameter, expecting a JSON object, received: \(text)")
            }
            for (name, value) in zip(record.layout.names, record.values) { tags.append((name, value.text)) }
        }
        return tags
    }

    func dependencies(_ target: APITarget, _ view: TraceView) throws(APIError) -> Response {
        let end = try target.milliseconds("endTs")
        let lookback = try target.milliseconds("lookback")
        var from: Timestamp?
        if let end, let lookback { from = Timestamp(nanoseconds: end.nanoseconds &- lookback.nanoseconds) }
        let edges = view.dependencies(from: from, to: end)
        return Self.envelope(total: edges.count) { json in
            json.array(edges) { json, edge in
                json.object { json in
                    json.member("parent", edge.parent)
                    json.member("child", edge.child)
                    json.member("callCount", edge.callCount)
                }
            }
        }
    }
}

extension APITarget {
    /// Microseconds since the epoch.
    func time(_ name: String) throws(APIError) -> Timestamp? { try instant(name, nanosecondsPerUnit: 1_000, "microseconds") }

    func milliseconds(_ name: String) throws(APIError) -> Timestamp? { try instant(name, nanosecondsPerUnit: 1_000_000, "milliseconds") }

    private func instant(_ name: String, nanosecondsPerUnit: Int64, _ unit: String) throws(APIError) -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(text), number >= 0, !number.multipliedReportingOverflow(by: nanosecondsPerUnit).overflow else {
            throw .badRequest("parameter '\(name)' must be a number of \(unit), received: \(text)")
        }
        return Timestamp(nanoseconds: number * nanosecondsPerUnit)
    }

    func duration(_ name: String) throws(APIError) -> Duration? {
        guard let text = self[name] else { return nil }
        guard let duration = DurationText.parse(text) else {
            throw .badRequest("parameter '\(name)' must be a duration such as 1.2s, 100ms or 500us, received: \(text)")
        }
        return duration
    }

    /// 100 when not given.
    func limit() throws(APIError) -> Int {
        guard let text = self["limit"] else { return 100 }
        guard let limit = Int(text), limit > 0 else { throw .badRequest("parameter 'limit' must be a positive number, received: \(text)") }
        return limit
    }
}
