import Base
import HTTP

/// Datadog's metric query API, `GET /api/v1/query`: at Datadog, or on a shop's own observability port.
public struct DatadogSource: MetricSource {
    private let baseURL: String
    private let headers: Headers
    private let sender: RequestSenderBox

    /// - Parameter headers: `DD-API-KEY` and `DD-APPLICATION-KEY` where the API asks for them.
    public init(baseURL: String, headers: Headers = [:], send: @escaping RequestSender) {
        self.baseURL = baseURL
        self.headers = headers
        sender = RequestSenderBox(send: send)
    }

    func measure(_ indicator: Indicator, window: Duration, until end: Timestamp) async -> Measurement {
        guard case .datadog(let numerator, let denominator) = indicator else { return .none("this objective's queries are not Datadog's; name a server with --prometheus URL") }
        do throws(SourceError) {
            let total = try await points(denominator, window, end)
            let good = try await points(numerator, window, end)
            return Self.ratio(good: good, total: total)
        } catch {
            return .none(error.description)
        }
    }

    /// The mean of the ratios of all points, as Reliably's agent has it (reliablyhq/cli, Datadog indicators): a point without a numerator is a
    /// ratio of 0, one without events is none.
    static func ratio(good: [Int64: Double], total: [Int64: Double]) -> Measurement {
        let ratios = total.filter { $0.value > 0 }.map { (good[$0.key] ?? 0) / $0.value }
        guard !ratios.isEmpty else { return .none("there were no events in this window") }
        let sums = (good: good.values.reduce(0, +), total: total.values.reduce(0, +))
        return Measurement(goodPercent: 100 * ratios.reduce(0, +) / Double(ratios.count), good: sums.good, total: sums.total)
    }

    /// Sums of all series, by time in milliseconds.
    private func points(_ query: String, _ window: Duration, _ end: Timestamp) async throws(SourceError) -> [Int64: Double] {
        let to = end.seconds
        let from = to - max(1, window.nanoseconds / 1_000_000_000)
        let url = "\(baseURL)/api/v1/query?from=\(from)&to=\(to)&query=\(PercentEncoding.encode(query))"
        let answer = try await sender.json(ClientRequest(url: url, headers: headers), of: baseURL)
        if let error = answer["error"], !error.isNull, !error.text.isEmpty { throw SourceError("\(baseURL) refuses the query: \(error.text)") }
        var points: [Int64: Double] = [:]
        for series in answer["series"]?.elements ?? [] {
            for point in series["pointlist"]?.elements ?? [] {
                guard let time = point["0"]?.number, let value = point["1"]?.number else { continue }
                points[Int64(time), default: 0] += value
            }
        }
        return points
    }
}
