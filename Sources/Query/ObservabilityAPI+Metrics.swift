import Base
import HTTP
import Telemetry

/// Datadog's metrics API. Any keys are good, none are needed: what it tells is this shop's own.
extension ObservabilityAPI {
    /// An error in Datadog's form.
    struct MetricsError: Error {
        var status: Int
        var message: String

        var response: Response { ObservabilityAPI.json(status: status) { $0.array { $0.value(message) } } }
    }

    func metricsAPI(_ route: MetricsRoute, _ target: APITarget, _ recorder: Recorder) -> Response {
        do throws(MetricsError) {
            switch route {
            case .query: return try query(target, recorder)
            case .metric(let name): return try metadata(of: name, recorder)
            case .metrics: return Self.json { json in Self.list(recorder.timeSeriesNames(), from: target["from"], to: &json) }
            case .validate: return Self.json { json in json.object { $0.member("valid", true) } }
            }
        } catch {
            return error.response
        }
    }

    enum MetricsRoute {
        case query, metric(String), metrics, validate

        /// - Parameter path: What follows `/api/v1`.
        init?(_ path: ArraySlice<String>) {
            switch (path.count, path.first) {
            case (1, "query"): self = .query
            case (1, "metrics"): self = .metrics
            case (2, "metrics"): self = .metric(path.last!)
            case (1, "validate"): self = .validate
            default: return nil
            }
        }
    }

    private func query(_ target: APITarget, _ recorder: Recorder) throws(MetricsError) -> Response {
        let window = QueryWindow(from: try target.seconds("from"), to: try target.seconds("to"))
        guard window.from < window.to else { throw MetricsError(status: 400, message: "'from' (\(window.from)) must be before 'to' (\(window.to))") }
        guard let text = target["query"] else { throw MetricsError(status: 400, message: "The parameter 'query' is required") }
        let query: SeriesQuery
        var results: [SeriesResults] = []
        do {
            query = try SeriesQuery.parse(text)
            let evaluator = SeriesEvaluator(recorder, now: now)
            for part in query.parts { results.append(try evaluator.evaluate(part.expression, in: window, of: query)) }
        } catch {
            throw MetricsError(status: 400, message: "\(error)")
        }
        let answer = SeriesAnswer(query: query, window: window, results: results, message: Self.hint(query, recorder), units: Self.units(query, recorder))
        return Self.json { answer.write(to: &$0) }
    }

    /// Datadog answers a query about an unknown metric with nothing, and no word.
    private static func hint(_ query: SeriesQuery, _ recorder: Recorder) -> String {
        let known = recorder.timeSeriesNames()
        let unknown = query.parts.flatMap(\.expression.sources).map(\.metric).first { !known.contains($0) }
        return unknown.map { "no metric is named \($0)\(suggestion(for: $0, among: known))" } ?? ""
    }

    private static func units(_ query: SeriesQuery, _ recorder: Recorder) -> [String: String] {
        query.parts.flatMap(\.expression.sources).reduce(into: [:]) { units, source in
            units[source.metric] = recorder.timeSeries(source.metric, from: .max, now: nil)?.unit
        }
    }

    /// Fields that are not known are left out: typed clients take no null for them.
    private func metadata(of name: String, _ recorder: Recorder) throws(MetricsError) -> Response {
        guard let metric = recorder.timeSeries(name, from: .max, now: now) else { throw MetricsError(status: 404, message: "Metric not found") }
        return Self.json { json in
            json.object { json in
                json.member("type", metric.kind.rawValue)
                json.member("description", metric.help)
                if let unit = MetricUnit(metric.unit) { json.member("unit", unit.name) }
                if metric.kind == .count { json.member("statsd_interval", 10) }
            }
        }
    }

    private static func list(_ names: [String], from: String?, to json: inout JSONWriter) {
        json.object { json in
            json.key("metrics")
            json.array(names) { $0.value($1) }
            json.member("from", from ?? "0")
        }
    }

    private static func json(_ body: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        body(&json)
        return Response(status: 200, headers: Headers(["Content-Type": "application/json"]), body: json.bytes)
    }

    /// `{"errors": ...}`
    private static func json(status: Int, errors: (inout JSONWriter) -> Void) -> Response {
        var response = json { json in
            json.object { json in
                json.key("errors")
                errors(&json)
            }
        }
        response.status = status
        return response
    }
}

extension APITarget {
    /// Whole seconds since the Unix epoch; a fraction is cut off.
    fileprivate func seconds(_ name: String) throws(ObservabilityAPI.MetricsError) -> Int64 {
        guard let text = self[name] else { throw ObservabilityAPI.MetricsError(status: 400, message: "The parameter '\(name)' is required") }
        // Ten times today's number of seconds is beyond any clock; milliseconds are a thousand times too much.
        guard let number = Double(text), (0...2e10).contains(number) else {
            throw ObservabilityAPI.MetricsError(status: 400, message: "The parameter '\(name)' must be in seconds since the Unix epoch, not \(text)")
        }
        return Int64(number)
    }
}
