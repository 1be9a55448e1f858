import Base
import Telemetry

/// Reads `p95:trace.flask.request.duration{service=ads} > 2`.
struct MetricQueryParser {
    private let text: [Character]
    private var index = 0

    private init(_ text: String) { self.text = Array(text) }

    static func parse(_ text: String) throws(QueryError) -> MetricQuery {
        var parser = MetricQueryParser(text)
        return try parser.query()
    }

    private var next: Character? { index < text.count ? text[index] : nil }

    private func error(_ message: String) -> QueryError { QueryError(message, column: index + 1) }

    private mutating func skipSpace() {
        while let next, next.isWhitespace { index += 1 }
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = index
        while let next, isPart(next) { index += 1 }
        return String(text[start..<index])
    }

    private mutating func query() throws(QueryError) -> MetricQuery {
        skipSpace()
        var query = MetricQuery(aggregation: nil, name: "", labels: [], comparison: nil, threshold: 0)
        query.name = name()
        if next == ":" {
            guard let aggregation = MetricQuery.Aggregation(rawValue: query.name) else {
                throw QueryError(
                    "no aggregation \"\(query.name)\"\(suggestion(for: query.name, among: MetricQuery.Aggregation.allCases.map(\.rawValue)))",
                    column: 1)
            }
            query.aggregation = aggregation
            index += 1
            query.name = name()
        }
        if query.name.isEmpty { throw error("expected the name of a metric") }
        skipSpace()
        if next == "{" { query.labels = try labels() }
        try comparison(into: &query)
        return query
    }

    private mutating func name() -> String { take { $0.isLetter || $0.isNumber || "._/-".contains($0) } }

    private mutating func labels() throws(QueryError) -> [LabelSet.Label] {
        index += 1
        var labels: [LabelSet.Label] = []
        skipSpace()
        while next != "}" {
            let name = name()
            skipSpace()
            guard !name.isEmpty, let sign = next, sign == "=" || sign == ":" else { throw error("expected label=value") }
            index += 1
            skipSpace()
            labels.append(LabelSet.Label(name: name, value: try labelValue()))
            skipSpace()
            if next == "," {
                index += 1
                skipSpace()
            } else if next != "}" {
                throw error("expected \",\" or \"}\" after a label")
            }
        }
        index += 1
        return labels
    }

    private mutating func labelValue() throws(QueryError) -> String {
        guard next == "\"" else {
            let value = take { $0 != "," && $0 != "}" }
            return String(value.reversed().drop(while: \.isWhitespace).reversed())
        }
        index += 1
        let value = take { $0 != "\"" }
        guard next == "\"" else { throw error("this quote is not closed") }
        index += 1
        return value
    }

    private mutating func comparison(into query: inout MetricQuery) throws(QueryError) {
        skipSpace()
        guard next != nil else { return }
        let sign = take { "<>=!".contains($0) }
        guard let comparison = MetricQuery.Comparison(rawValue: sign == "==" ? "=" : sign) else {
            throw error("expected a comparison: <, <=, >, >=, = or !=")
        }
        skipSpace()
        let digits = take { !$0.isWhitespace }
        skipSpace()
        guard let number = Double(digits), number.isFinite, next == nil else { throw error("expected one number after \"\(sign)\"") }
        query.comparison = comparison
        query.threshold = number
    }
}
