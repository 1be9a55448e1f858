import Base
import Telemetry

/// A question to a shop's telemetry, as proofs and labs ask it.
///
/// ```
/// trace service:discounts resource:"GET /discount" sql_count>10
/// log service:ads status:error "connection refused"
/// metric p95:trace.flask.request.duration{service=ads} > 2
/// event kind:deployment service:ads
/// ```
public struct EvidenceQuery: Sendable, CustomStringConvertible {
    private enum Kind: String, CaseIterable { case trace, log, metric, event }

    private enum Question: Sendable {
        case trace(SpanSearch)
        case log(LogSearch)
        case metric(MetricQuery)
        case event(EventSearch)
    }

    private let question: Question
    /// As written.
    public let description: String

    /// - Throws: `QueryError` with the column in the whole text.
    public static func parse(_ text: String) throws(QueryError) -> EvidenceQuery {
        let word = text.prefix { !$0.isWhitespace }
        guard let kind = Kind(rawValue: String(word)) else {
            throw QueryError(
                "a query begins with trace, log, metric or event\(suggestion(for: String(word), among: Kind.allCases.map(\.rawValue)))", column: 1)
        }
        let rest = String(text.dropFirst(word.count))
        do {
            return EvidenceQuery(question: try Self.question(kind, rest), description: text)
        } catch {
            throw QueryError(error.message, column: error.column == 0 ? 0 : error.column + word.count)
        }
    }

    private static func question(_ kind: Kind, _ text: String) throws(QueryError) -> Question {
        switch kind {
        case .trace: .trace(try SpanSearch(try SearchParser.parse(text)))
        case .log: .log(LogSearch(try SearchParser.parse(text)))
        case .metric: .metric(try MetricQueryParser.parse(text))
        case .event: .event(try EventSearch(try SearchParser.parse(text)))
        }
    }

    /// How many traces (with a fitting span), log records, metric series or events fit.
    ///
    /// - Parameter since: Spans, records and events that began before do not count. Metrics have only their present state.
    public func matches(in recorder: Recorder, since: Timestamp = Timestamp(nanoseconds: .min)) -> Int {
        switch question {
        case .trace(let search):
            var count = 0
            TraceView(of: recorder).forEach { if search.matches($0, since: since) { count += 1 } }
            return count
        case .log(let search): return recorder.logs().elements.filter { $0.time >= since && search.matches($0) }.count
        case .metric(let query): return query.matches(in: recorder.metricFamilies())
        case .event(let search): return recorder.events().elements.filter { $0.time >= since && search.matches($0) }.count
        }
    }
}
