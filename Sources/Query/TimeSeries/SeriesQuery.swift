/// Queries over metrics with time, in the language of Datadog's `/api/v1/query`.
///
/// ```
/// (sum:trace.flask.request.hits{service:ads}.as_count() - sum:trace.flask.request.errors{service:ads}.as_count())
///     / sum:trace.flask.request.hits{service:ads}.as_count()
/// p95:trace.rack.request{env:development AND NOT resource_name:get_/*} by {service}.rollup(avg, 60)
/// ```
public struct SeriesQuery: Sendable {
    /// One of several queries that are separated by commas.
    public struct Part: Sendable {
        /// As written.
        public var text: String
        public var expression: SeriesExpression
    }

    public var text: String
    public var parts: [Part]

    /// - Throws: `SeriesQueryError` with line and column.
    public static func parse(_ text: String) throws(SeriesQueryError) -> SeriesQuery { try SeriesQueryParser.parse(text) }
}

/// What a query computes.
public indirect enum SeriesExpression: Sendable, Equatable {
    public enum Operator: String, Sendable { case add = "+", subtract = "-", multiply = "*", divide = "/" }

    /// What a function takes besides its first argument.
    public enum Argument: Sendable, Equatable {
        case number(Double)
        case text(String)
    }

    case number(Double)
    case source(SeriesSource)
    case binary(Operator, SeriesExpression, SeriesExpression)
    case group(SeriesExpression)
    case function(SeriesFunction, SeriesExpression)

    /// All metrics in it, from left to right.
    public var sources: [SeriesSource] {
        switch self {
        case .number: []
        case .source(let source): [source]
        case .binary(_, let left, let right): left.sources + right.sources
        case .group(let inner), .function(_, let inner): inner.sources
        }
    }

    /// The expression without scopes, aggregations and modifiers: how answers call the result.
    public var displayName: String {
        switch self {
        case .number(let number): JSONNumber.text(number)
        case .source(let source): source.metric
        case .binary(let sign, let left, let right): "\(left.displayName) \(sign.rawValue) \(right.displayName)"
        case .group(let inner): "(\(inner.displayName))"
        case .function(let function, let inner): function.displayName(around: inner.displayName)
        }
    }
}

/// A metric, which of its series are meant, and how they are put together.
public struct SeriesSource: Sendable, Equatable {
    public enum Aggregation: String, Sendable, CaseIterable {
        case avg, sum, min, max, count, p50, p75, p90, p95, p99

        /// 0...1 for percentiles.
        var quantile: Double? { rawValue.first == "p" ? Double(rawValue.dropFirst()).map { $0 / 100 } : nil }
    }

    /// How values become one for each interval.
    public enum Method: String, Sendable, CaseIterable { case avg, sum, min, max, count }

    public struct Rollup: Sendable, Equatable {
        public var method: Method
        public var seconds: Int64?
    }

    public enum Fill: Sendable, Equatable {
        case linear(limit: Int64)
        case last(limit: Int64)
        case zero
        case null
    }

    public enum Form: Sendable, Equatable { case plain, count, rate }

    /// Nil when not written; the average then.
    public var aggregation: Aggregation?
    public var metric: String
    public var scope = TagScope.all
    /// As written, without braces.
    public var scopeText = "*"
    public var groupKeys: [String] = []
    public var form = Form.plain
    public var rollup: Rollup?
    public var fill: Fill?
    /// Place of the metric's name or aggregation in the query.
    public var offset = 0
}
