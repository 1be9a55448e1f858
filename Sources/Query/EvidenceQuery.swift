import Base
import Telemetry

/// A question to a shop's telemetry, as proofs and labs ask it.
///
/// ```
/// trace service:discounts resource:"GET /discount" sql_count>10
/// log service:ads status:error "connection refused"
/// metric p95:trace.flask.request.duration{service=ads} > 2
/// event kind:deployment service:ads
/// xray service("catalogservice") { fault }
/// no xray service("Frontend")
/// ```
public struct EvidenceQuery: Sendable, CustomStringConvertible {
    private enum Kind: String, CaseIterable { case trace, log, metric, event, xray }

    private enum Question: Sendable {
        case trace(SpanSearch)
        case log(LogSearch)
        case metric(MetricQuery)
        case event(EventSearch)
        case xray(TraceFilter)
    }

    private let question: Question
    /// Asks for what is not there.
    private var isNegated = false
    /// As written.
    public let description: String

    /// - Throws: `QueryError` with the column in the whole text.
    public static func parse(_ text: String) throws(QueryError) -> EvidenceQuery {
        let word = text.prefix { !$0.isWhitespace }
        if word == "no" {
            let rest = text.dropFirst(word.count).drop { $0.isWhitespace }
            do {
                return EvidenceQuery(question: try parse(String(rest)).question, isNegated: true, description: text)
            } catch {
                throw QueryError(error.message, column: error.column == 0 ? 0 : error.column + text.count - rest.count)
            }
        }
        guard let kind = Kind(rawValue: String(word)) else {
            throw QueryError(
                "a query begins with trace, log, metric, event or xray, and \"no\" before it asks for what is not there\(suggestion(for: String(word), among: Kind.allCases.map(\.rawValue)))", column: 1)
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
        case .xray: .xray(try TraceFilterParser.parse(text))
        }
    }

    /// How many traces (with a fitting span), log records, metric series or events fit, and of traces in X-Ray how many; with `no` before the
    /// question 1 if none does.
    ///
    /// - Parameter since: Spans, records and events that began before do not count. Metrics have only their present state.
    public func matches(in recorder: Recorder, since: Timestamp = Timestamp(nanoseconds: .min)) -> Int {
        let count = count(in: recorder, since: since)
        return isNegated ? (count == 0 ? 1 : 0) : count
    }

    private func count(in recorder: Recorder, since: Timestamp) -> Int {
        switch question {
        case .trace(let search):
            var count = 0
            TraceView(of: recorder).forEach { if search.matches($0, since: since) { count += 1 } }
            return count
        case .log(let search): return recorder.logs().elements.filter { $0.time >= since && search.matches($0) }.count
        case .metric(let query): return query.matches(in: recorder.metricFamilies())
        case .xray(let filter):
            return SegmentStore(recorder: recorder).traces().count { $0.trace.start >= since && filter.matches($0.trace) }
        case .event(let search): return recorder.events().elements.filter { $0.time >= since && search.matches($0) }.count
        }
    }
}
