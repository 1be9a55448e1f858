import Base
import HTTP
import Telemetry

/// What learners and their tools read from a shop's telemetry over HTTP.
///
/// | Route | Answer |
/// |---|---|
/// | `GET /api/services`, `/api/services/{service}/operations`, `/api/operations`, `/api/traces`, `/api/traces/{id}`, `/api/dependencies` | as Jaeger's query service, so that its clients and Grafana's data source work |
/// | `GET /api/logs?query=&start=&end=&limit=` | log records, the newest first; `query` as in Datadog's log search |
/// | `GET /api/events?query=&kind=&service=&start=&end=&limit=` | deployments and other events, the newest first |
/// | `GET /metrics` | Prometheus text |
/// | `POST /TraceSummaries`, `/Traces`, `/ServiceGraph`, `/TraceGraph`, `/TraceSegments` | as AWS X-Ray, so that the AWS CLI and SDKs work |
/// | `GET /api/v1/query?from=&to=&query=`, `/api/v1/metrics`, `/api/v1/metrics/{metric}`, `/api/v1/validate` | metrics with time as Datadog's API has them; `from` and `to` are seconds |
///
/// `start` and `end` are microseconds since the Unix epoch. `shop` chooses among several shops; the first is the default.
public struct ObservabilityAPI {
    private let shops: [(name: String, recorder: Recorder)]
    private let isShown: ((TraceID) -> Bool)?
    let now: Timestamp?

    /// - Parameters:
    ///   - shops: At least one; names are unique.
    ///   - now: The shops' time; with nil, metrics with time end where something was counted last.
    ///   - isShown: Tells which traces a back end has; nil when it has all.
    public init(shops: [(name: String, recorder: Recorder)], now: Timestamp? = nil, where isShown: ((TraceID) -> Bool)? = nil) {
        precondition(!shops.isEmpty, "the observability API needs a shop")
        self.shops = shops
        self.now = now
        self.isShown = isShown
    }

    /// Nil for paths that are not part of this API.
    public func answer(_ request: Request) -> Response? {
        let target = APITarget(request.target)
        if let question = XRayRoute(target.path) {
            guard request.method == "POST" else { return Response(status: 405, headers: Headers(["Allow": "POST"])) }
            do { return xrayAPI(question, request, try recorder(for: target)) } catch { return error.response }
        }
        guard let route = Route(target.path) else { return nil }
        guard request.method == "GET" || request.method == "HEAD" else {
            return Response(status: 405, headers: Headers(["Allow": "GET, HEAD"]))
        }
        do {
            return try answer(route, target, try recorder(for: target))
        } catch {
            return error.response
        }
    }

    private enum Route {
        case services, operations, operationsOf(String), traces, trace(String), dependencies, logs, events, metrics
        case metricsAPI(MetricsRoute)

        init?(_ path: [String]) {
            if path.starts(with: ["api", "v1"]), let route = MetricsRoute(path.dropFirst(2)) {
                self = .metricsAPI(route)
                return
            }
            switch (path.count, path.first, path.dropFirst().first) {
            case (1, "metrics", _): self = .metrics
            case (2, "api", "services"): self = .services
            case (4, "api", "services") where path[3] == "operations": self = .operationsOf(path[2])
            case (2, "api", "operations"): self = .operations
            case (2, "api", "traces"): self = .traces
            case (3, "api", "traces"): self = .trace(path[2])
            case (2, "api", "dependencies"): self = .dependencies
            case (2, "api", "logs"): self = .logs
            case (2, "api", "events"): self = .events
            default: return nil
            }
        }
    }

    private func recorder(for target: APITarget) throws(APIError) -> Recorder {
        guard let name = target["shop"] else { return shops[0].recorder }
        if let shop = shops.first(where: { $0.name == name }) { return shop.recorder }
        throw .notFound("there is no shop \"\(name)\"\(suggestion(for: name, among: shops.map(\.name)))")
    }

    private func answer(_ route: Route, _ target: APITarget, _ recorder: Recorder) throws(APIError) -> Response {
        let view = TraceView(of: recorder, where: isShown)
        switch route {
        case .services: return Self.names(view.services)
        case .operationsOf(let service): return Self.names(Set(view.operations(of: service).map(\.name)).sorted())
        case .operations: return try operations(target, view)
        case .traces: return try traces(target, view)
        case .trace(let id): return try trace(id, view)
        case .dependencies: return try dependencies(target, view)
        case .logs: return try logs(target, recorder)
        case .events: return try events(target, recorder)
        case .metricsAPI(let route): return metricsAPI(route, target, recorder)
        case .metrics:
            let text = PrometheusText.render(recorder.metricFamilies())
            return Response(status: 200, headers: Headers(["Content-Type": PrometheusText.contentType]), body: text)
        }
    }

    private static func names(_ names: [String]) -> Response {
        envelope(total: names.count) { json in json.array(names) { $0.value($1) } }
    }

    /// Jaeger's frame around every answer.
    static func envelope(total: Int, _ data: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.key("data")
            data(&json)
            json.member("total", total)
            json.member("limit", 0)
            json.member("offset", 0)
            json.key("errors")
            json.null()
        }
        return Response(status: 200, headers: Headers(["Content-Type": "application/json"]), body: json.bytes)
    }
}
