import Testing

@testable import Query

@Suite struct SeriesQueryTests {
    private func source(_ text: String) throws -> SeriesSource {
        guard case .source(let source) = try SeriesQuery.parse(text).parts[0].expression else { throw Unexpected() }
        return source
    }

    private struct Unexpected: Error {}

    @Test func `a metric with everything that can stand behind it`() throws {
        let source = try source("p95:trace.rack.request{env:shop,!service:ads} by {service, resource_name}.as_count().rollup(max, 60).fill(last, 120)")
        #expect(source.aggregation == .p95 && source.metric == "trace.rack.request" && source.scopeText == "env:shop,!service:ads")
        #expect(source.groupKeys == ["service", "resource_name"] && source.form == .count)
        #expect(source.rollup == SeriesSource.Rollup(method: .max, seconds: 60) && source.fill == .last(limit: 120))
    }

    @Test(arguments: ["orders", "avg:orders{*}", "sum:orders{*}.as_rate()", "sum:orders.as_count()", "sum:orders{*} by {a,b}.rollup(sum)", "  sum:orders{ * }  "])
    func `what may be left out`(text: String) throws {
        #expect(try source(text).metric == "orders")
    }

    @Test func `arithmetic binds as in mathematics, from left to right`() throws {
        func shape(_ expression: SeriesExpression) -> String {
            switch expression {
            case .number(let number): JSONNumber.text(number)
            case .source(let source): source.metric
            case .group(let inner): "[" + shape(inner) + "]"
            case .binary(let sign, let left, let right): "(\(shape(left)) \(sign.rawValue) \(shape(right)))"
            case .function(_, let inner): "f(\(shape(inner)))"
            }
        }
        #expect(shape(try SeriesQuery.parse("a{*} - b{*} - 2 * c{*} / -1.5e1").parts[0].expression) == "((a - b) - ((2 * c) / -15))")
        #expect(shape(try SeriesQuery.parse("(a{*}+b{*})*abs(c{*}-1)").parts[0].expression) == "([(a + b)] * f((c - 1)))")
    }

    @Test func `several queries are separated by commas`() throws {
        let query = try SeriesQuery.parse("sum:a{x:1,y:2} , top(b{*} by {z}, 5, 'mean', 'desc'),c{*}")
        #expect(query.parts.map(\.text) == ["sum:a{x:1,y:2}", "top(b{*} by {z}, 5, 'mean', 'desc')", "c{*}"])
    }

    @Test(arguments: [
        ("*", true), ("service:ads", true), ("service:ads,env:shop", true), ("service:ads,!env:shop", false), ("!service:store", true), ("service:a*", true), ("service:*s", true),
        ("service:*d*", true), ("service:b*", false), ("service:ads AND env:shop", true), ("service:ads and not env:shop", false), ("NOT service:store AND env:shop", true),
        ("service:store OR env:shop AND version:1.0", true), ("(service:store OR env:shop) AND version:2.0", false), ("service IN (store, ads)", true),
        ("service NOT IN (store,ads)", false), ("resource_name:get_/products/_id", true), ("resource_name:GET_/PRODUCTS/*", true), ("resource_name:get_/*", true),
        ("team:web", false), ("web", false),
    ])
    func `scopes`(scope: String, fits: Bool) throws {
        let tags = [
            SeriesTag("service", "ads"), SeriesTag("env", "shop"), SeriesTag("version", "1.0"), SeriesTag("resource_name", "get_/products/_id"),
        ]
        #expect(try source("sum:x{\(scope)}").scope.matches(tags) == fits)
    }

    @Test(arguments: [
        ("sum:x{service:ads", 18, "scope_expr"), ("sum:x{}", 7, "scope_expr"), ("sum:x{service:}", 15, "scope_expr"), ("sum:x{a:1} by service", 15, "group_by"),
        ("sum:x{a:1}.", 12, "modifier"), ("sum:x{*} sum:y{*}", 10, "query"), ("sum:x{*} +", 11, "expr"), ("(sum:x{*}", 10, "expr"), ("abs(sum:x{*}", 13, "function"),
        ("top(sum:x{*}, 'open)", 21, "argument"), ("sum:x{service NOT ads}", 19, "scope_expr"), ("", 1, "expr"), ("sum:{*}", 5, "metric_name"), ("x{a IN 1}", 8, "scope_expr"),
    ])
    func `what cannot be read is shown with its place`(text: String, column: Int, rule: String) throws {
        let error = try #require(throws: SeriesQueryError.self) { try SeriesQuery.parse(text) }
        #expect(error.column == column && error.line == 1)
        #expect(error.description.hasPrefix("Error parsing query: unable to parse \(text): Rule '\(rule)' didn't match at '"))
        #expect(error.description.contains("(line 1, column \(column))."))
    }

    @Test(arguments: [
        ("sum:x{a:1 AND b:2, c:3}", "'AND' and 'OR' cannot be mixed with ','", 7), ("sum:x{!a:1 OR b:2}", "'AND' and 'OR' cannot be mixed with ','", 7),
        ("sun:x{*}", "unknown aggregation \"sun\"; did you mean \"sum\"?", 1), ("1 + tip(x{*})", "unknown function \"tip\"; did you mean \"top\"?", 5),
        ("x{*}.as_cont()", "unknown modifier \"as_cont\"; did you mean \"as_count\"?", 6), ("x{*}.rollup(median, 60)", "rollup is written rollup(", 6),
        ("x{*}.fill(linear, 601)", "fill is written fill(", 6), ("top(x{*}, 7, 'mean', 'desc')", "top is written top(", 1), ("abs(x{*}, 2)", "abs is written abs(query)", 1),
        ("1 + 2", "a query needs a metric", 1),
    ])
    func `what means nothing is explained with its place`(text: String, message: String, column: Int) throws {
        let error = try #require(throws: SeriesQueryError.self) { try SeriesQuery.parse(text) }
        #expect(error.message.hasPrefix(message) && error.column == column, "\(error)")
    }

    @Test func `places are found in queries of several lines`() throws {
        let error = try #require(throws: SeriesQueryError.self) { try SeriesQuery.parse("sum:x{*}\n  / sum:y{a:1 b}") }
        #expect(error.line == 2 && error.column == 15)
    }

    @Test func `brackets without end are refused and not followed`() {
        for open in ["(", "abs(", "-", "x{(", "x{NOT ("] {
            #expect(throws: SeriesQueryError.self) { try SeriesQuery.parse(String(repeating: open, count: 10_000)) }
        }
    }

    @Test func `results are called by the expression without scopes`() throws {
        let query = try SeriesQuery.parse(
            "default_zero((sum:a.hits{s:1}.as_count() - sum:a.errors{s:1}) / sum:a.hits{*}) , top10_mean(avg:b{*} by {c}), day_before(p95:d{*}), clamp_max(e{*}, 1.5)")
        #expect(
            query.parts.map(\.expression.displayName) == [
                "default_zero((a.hits - a.errors) / a.hits)", "top(b, 10, 'mean', 'desc')", "day_before(d)", "clamp_max(e, 1.5)",
            ])
    }
}
