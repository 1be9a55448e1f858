import Base
import HTTP

/// What a source of metrics says of one window.
public struct Measurement: Sendable, Equatable {
    /// Percent of good events; nil without data.
    public var goodPercent: Double?
    /// Numbers of events, where they are known.
    public var good: Double?
    public var total: Double?
    /// Why there is no number.
    public var reason: String?

    public init(goodPercent: Double?, good: Double? = nil, total: Double? = nil) {
        self.goodPercent = goodPercent
        self.good = good
        self.total = total
    }

    public static func none(_ reason: String) -> Measurement {
        var measurement = Measurement(goodPercent: nil)
        measurement.reason = reason
        return measurement
    }
}

/// Answers one window of an indicator.
protocol MetricSource: Sendable {
    /// Never throws: what cannot be measured says why.
    func measure(_ indicator: Indicator, window: Duration, until end: Timestamp) async -> Measurement
}

/// Carries the requests of sources: a client, or something in its place.
public typealias RequestSender = @Sendable (ClientRequest) async throws -> ClientResponse

extension RequestSenderBox {
    static let patience = Duration.seconds(30)
}

/// Sends a query and reads its JSON answer.
struct RequestSenderBox: Sendable {
    let send: RequestSender

    /// - Throws: `SourceError` with one sentence for people.
    func json(_ request: ClientRequest, of source: String) async throws(SourceError) -> Value {
        var request = request
        request.timeout = Self.patience
        let response: ClientResponse
        do { response = try await send(request) } catch { throw SourceError("\(source) does not answer: \(error)") }
        guard let answer = try? Value.parse(json: response.body) else { throw SourceError("\(source) answered \(response.status) with something else than JSON") }
        guard response.status == 200 else {
            let said = answer["error"] ?? answer["errors"]?["0"]
            throw SourceError("\(source) answered \(response.status)" + (said.map { ": \($0.text)" } ?? ""))
        }
        return answer
    }
}

struct SourceError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
