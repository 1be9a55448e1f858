import Base
import HTTP
import Telemetry
import XRay

/// AWS X-Ray's API. Signatures are not looked at: what it tells is this shop's own.
extension ObservabilityAPI {
    enum XRayRoute: String, CaseIterable {
        case put = "TraceSegments"
        case summaries = "TraceSummaries"
        case traces = "Traces"
        case graph = "ServiceGraph"
        case traceGraph = "TraceGraph"
        case timeSeries = "TimeSeriesServiceStatistics"
        case samplingRules = "GetSamplingRules"
        case samplingTargets = "SamplingTargets"
        case createGroup = "CreateGroup"
        case updateGroup = "UpdateGroup"
        case deleteGroup = "DeleteGroup"
        case group = "GetGroup"
        case groups = "Groups"
        case telemetry = "TelemetryRecords"

        /// - Parameter path: Segments of the request's path.
        init?(_ path: [String]) {
            guard path.count == 1 else { return nil }
            self.init(rawValue: path[0])
        }
    }

    /// An error in the form of AWS's REST protocols.
    struct XRayError: Error {
        var message: String

        var response: Response {
            var response = ObservabilityAPI.xrayAnswer { $0.object { $0.member("Message", message) } }
            response.status = 400
            response.headers.set("x-amzn-ErrorType", "InvalidRequestException")
            return response
        }
    }

    static func xrayAnswer(_ body: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        body(&json)
        return Response(status: 200, headers: Headers(["Content-Type": "application/json"]), body: json.bytes)
    }

    func xrayAPI(_ route: XRayRoute, _ request: Request, _ recorder: Recorder) -> Response {
        let store = SegmentStore(recorder: recorder)
        let names = XRayNames(request)
        do throws(XRayError) {
            // Some SDKs leave out what is empty.
            guard let question = request.body.isEmpty ? .object([:]) : try? Value.parse(json: request.body), question.fields != nil else { throw XRayError(message: "The request is not a JSON object.") }
            switch route {
            case .put: return try put(question, store)
            case .summaries: return try summaries(question, store)
            case .traces: return try traces(question, store)
            case .graph: return try graph(question, store)
            case .traceGraph:
                let identifiers = try Self.identifiers(question)
                return Self.graph(store.traces(identifiers: Set(identifiers.known)).map(\.trace), range: nil)
            case .timeSeries: return try timeSeries(question, store)
            case .samplingRules: return Self.samplingRules(recorder, names)
            case .samplingTargets: return try samplingTargets(question, recorder)
            case .createGroup: return try createGroup(question, recorder, names)
            case .updateGroup: return try updateGroup(question, recorder, names)
            case .deleteGroup: return try Self.deleteGroup(question, recorder)
            case .group: return try Self.group(question, recorder, names)
            case .groups: return Self.groups(recorder, names)
            // A daemon's report about itself.
            case .telemetry: return Self.xrayAnswer { $0.object { _ in } }
            }
        } catch {
            return error.response
        }
    }

    // MARK: Answers

    private func put(_ question: Value, _ store: SegmentStore) throws(XRayError) -> Response {
        guard let documents = question["TraceSegmentDocuments"]?.elements else { throw XRayError(message: "TraceSegmentDocuments is missing.") }
        var refusals: [SegmentReader.Refusal] = []
        for document in documents { do throws(SegmentReader.Refusal) { try store.put(document.text) } catch { refusals.append(error) } }
        return Self.xrayAnswer { json in
            json.object { json in
                json.key("UnprocessedTraceSegments")
                json.array(refusals) { json, refusal in
                    json.object { json in
                        if !refusal.id.isEmpty { json.member("Id", refusal.id) }
                        json.member("ErrorCode", refusal.code)
                        json.member("Message", refusal.message)
                    }
                }
            }
        }
    }

    private func summaries(_ question: Value, _ store: SegmentStore) throws(XRayError) -> Response {
        let range = try Self.range(question)
        let filter = try Self.filter(question["FilterExpression"]?.text ?? "", store.recorder, groups: store.recorder.xray.groups)
        let all = try Self.traces(in: range, by: question["TimeRangeType"]?.text ?? "TraceId", store)
        return Self.xrayAnswer { json in
            json.object { json in
                json.key("TraceSummaries")
                json.array(all.filter(filter.matches)) { TraceSummary(trace: $1).write(to: &$0) }
                json.member("ApproximateTime", now ?? range.upperBound)
                json.member("TracesProcessedCount", all.count)
            }
        }
    }

    private func traces(_ question: Value, _ store: SegmentStore) throws(XRayError) -> Response {
        let identifiers = try Self.identifiers(question)
        let entries = store.traces(identifiers: Set(identifiers.known))
        let found = Set(entries.map(\.trace.id))
        let unknown = identifiers.malformed + identifiers.known.filter { !found.contains($0) }.map(\.amazon)
        return Self.xrayAnswer { json in
            json.object { json in
                json.key("Traces")
                json.array(entries) { json, entry in
                    json.object { json in
                        json.member("Id", entry.trace.id.amazon)
                        json.key("Duration")
                        json.value(Value.double(entry.trace.duration / .seconds(1)))
                        json.member("LimitExceeded", false)
                        json.key("Segments")
                        json.array(entry.documents) { json, document in
                            json.object { json in
                                json.member("Id", document.id.hex)
                                json.member("Document", document.text)
                            }
                        }
                    }
                }
                json.key("UnprocessedTraceIds")
                json.array(unknown) { $0.value($1) }
            }
        }
    }

    private func graph(_ question: Value, _ store: SegmentStore) throws(XRayError) -> Response {
        let range = try Self.range(question)
        let group = try Self.groupFilter(question, store.recorder)
        return Self.graph(store.traces(in: range).map(\.trace).filter(group.matches), range: range)
    }

    private static func graph(_ traces: [SegmentTrace], range: ClosedRange<Timestamp>?) -> Response {
        let graph = ServiceGraph(traces)
        return xrayAnswer { json in
            json.object { json in
                if let range {
                    json.member("StartTime", range.lowerBound)
                    json.member("EndTime", range.upperBound)
                }
                json.key("Services")
                graph.write(to: &json)
                if range != nil { json.member("ContainsOldGroupVersions", false) }
            }
        }
    }

    // MARK: Questions

    /// By the time at which a trace began, at which any part of it happened (`Event`), or at which the request of a service began.
    private static func traces(in range: ClosedRange<Timestamp>, by kind: String, _ store: SegmentStore) throws(XRayError) -> [SegmentTrace] {
        switch kind {
        case "TraceId": return store.traces(in: range).map(\.trace)
        case "Event": return store.traces().map(\.trace).filter { $0.start <= range.upperBound && $0.end >= range.lowerBound }
        case "Service": return store.traces().map(\.trace).filter { trace in trace.segments.contains { range.contains($0.start) } }
        default: throw XRayError(message: "TimeRangeType must be TraceId, Event or Service.")
        }
    }

    static func range(_ question: Value) throws(XRayError) -> ClosedRange<Timestamp> {
        let start = try time("StartTime", question)
        let end = try time("EndTime", question)
        guard start <= end else { throw XRayError(message: "StartTime must be before EndTime.") }
        return start...end
    }

    /// Seconds since the epoch.
    static func time(_ name: String, _ question: Value) throws(XRayError) -> Timestamp {
        guard let seconds = question[name]?.number, (0...9e9).contains(seconds) else { throw XRayError(message: "\(name) must be seconds since the epoch.") }
        return Timestamp(nanoseconds: Int64((seconds * 1e6).rounded()) * 1_000)
    }

    private static func identifiers(_ question: Value) throws(XRayError) -> (known: [TraceID], malformed: [String]) {
        guard let texts = question["TraceIds"]?.elements?.map(\.text) else { throw XRayError(message: "TraceIds is missing.") }
        return (texts.compactMap { TraceID(amazon: $0) }, texts.filter { TraceID(amazon: $0) == nil })
    }
}
