import Base
import HTTP

/// A Prometheus server's instant queries (`GET /api/v1/query`).
public struct PrometheusSource: MetricSource {
    private let serverURL: String?
    private let sender: RequestSenderBox

    /// - Parameter serverURL: Wins over the server that a manifest names.
    public init(serverURL: String?, send: @escaping RequestSender) {
        self.serverURL = serverURL
        sender = RequestSenderBox(send: send)
    }

    func measure(_ indicator: Indicator, window: Duration, until end: Timestamp) async -> Measurement {
        guard case .prometheus(let ratio) = indicator else { return .none("this objective's queries are not PromQL") }
        guard let server = serverURL ?? ratio.serverURL else { return .none("no Prometheus server is named; give one with --prometheus URL") }
        do throws(SourceError) {
            guard let total = try await value(Self.expression(ratio.total, ratio, window), server, end), total > 0 else {
                return .none("there were no events in this window")
            }
            let part = try await value(Self.expression(ratio.good ?? ratio.bad ?? "", ratio, window), server, end) ?? 0
            let good = ratio.good == nil ? total - part : part
            return Measurement(goodPercent: 100 * min(1, max(0, good / total)), good: good, total: total)
        } catch {
            return .none(error.description)
        }
    }

    /// Number of events in the window. A query may hold the place `{{.window}}` for its range, as Sloth's do; others become subqueries.
    static func expression(_ query: String, _ ratio: PrometheusRatio, _ window: Duration) -> String {
        let range = WindowText.prometheus(window)
        if let filled = PrometheusRules.filled(query, range) { return "sum(\(filled)) * \(window.nanoseconds / 1_000_000_000)" }
        let step = WindowText.prometheus(.seconds(max(5, window.nanoseconds / 60_000_000_000)))
        return "sum(\(ratio.isCounter ? "increase" : "sum_over_time")((\(query))[\(range):\(step)]))"
    }

    private func value(_ expression: String, _ server: String, _ end: Timestamp) async throws(SourceError) -> Double? {
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        let url = "\(base)/api/v1/query?time=\(end.seconds)&query=\(PercentEncoding.encode(expression))"
        let answer = try await sender.json(ClientRequest(url: url), of: base)
        return answer["data"]?["result"]?["0"]?["value"]?["1"].flatMap { Double($0.text) }.flatMap { $0.isFinite ? $0 : nil }
    }
}
