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
/// trace service:Frontend but no xray service("Frontend")
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
    /// What must not be found besides.
    private var absent: Question?
    /// As written.
    public let description: String

    /// - Throws: `QueryError` with the column in the whole text.
    public static func parse(_ text: String) throws(QueryError) -> EvidenceQuery {
        if let split = exclusion(in: text) {
            let left = try parse(String(text[..<split.lowerBound]))
            do {
                let right = try parse(String(text[split.upperBound...]))
                return EvidenceQuery(question: left.question, absent: right.question, description: text)
            } catch {
                throw QueryError(error.message, column: error.column == 0 ? 0 : error.column + text[..<split.upperBound].count)
            }
        }
        let word = text.prefix { !$0.isWhitespace }
        guard let kind = Kind(rawValue: String(word)) else {
            throw QueryError(
                "a query begins with trace, log, metric, event or xray\(suggestion(for: String(word), among: Kind.allCases.map(\.rawValue)))", column: 1)
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

    /// How many traces (with a fitting span), log records, metric series, events or traces in X-Ray fit; none where `but no` asks for
    /// something that is there.
    ///
    /// - Parameter since: Spans, records and events that began before do not count. Metrics have only their present state.
    public func matches(in recorder: Recorder, since: Timestamp = Timestamp(nanoseconds: .min)) -> Int {
        if let absent, Self.count(absent, in: recorder, since: since) > 0 { return 0 }
        return Self.count(question, in: recorder, since: since)
    }

    /// Where ` but no ` stands outside of quotes.
    private static func exclusion(in text: String) -> Range<String.Index>? {
        var rest = text[...]
        while let found = rest.firstRange(of: " but no ") {
            let quotes = text[..<found.lowerBound].count { $0 == "\"" }
            if quotes.isMultiple(of: 2) { return found }
            rest = text[found.upperBound...]
        }
        return nil
    }

    private static func count(_ question: Question, in recorder: Recorder, since: Timestamp) -> Int {
        switch question {
        case .trace(let search):
            var count = 0
            TraceView(of: recorder).forEach { if search.matches($0, since: since) { count += 1 } }
            return count
        case .log(let search): return recorder.logs().elements.filter { $0.time >= since && search.matches($0) }.count
        case .metric(let query): return query.matches(in: recorder.metricFamilies())
        case .xray(let filter):
            return SegmentStore(recorder: recorder).traces().count { $0.trace.arrival >= since && filter.matches($0.trace) }
        case .event(let search): return recorder.events().elements.filter { $0.time >= since && search.matches($0) }.count
        }
    }
}
