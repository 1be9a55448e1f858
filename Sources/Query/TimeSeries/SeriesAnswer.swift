import Base
import Telemetry

/// The answer of `/api/v1/query`, as Datadog writes it.
struct SeriesAnswer {
    let query: SeriesQuery
    let window: QueryWindow
    /// One for each part of the query.
    let results: [SeriesResults]
    /// What a person should know; empty when all is well.
    let message: String
    /// UCUM units by metric.
    let units: [String: String]

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("status", "ok")
            json.member("resp_version", 1)
            json.key("series")
            json.array { json in
                for (index, result) in results.enumerated() {
                    for series in result.series { write(series, of: index, to: &json) }
                }
            }
            json.member("to_date", Int(window.to) * 1_000)
            json.member("query", query.text)
            json.member("message", message)
            json.member("res_type", "time_series")
            json.key("times")
            json.array { _ in }
            json.member("from_date", Int(window.from) * 1_000)
            json.key("group_by")
            json.array(groupKeys) { $0.value($1) }
            json.key("values")
            json.array { _ in }
        }
    }

    private var groupKeys: [String] {
        var keys: [String] = []
        for key in query.parts.flatMap(\.expression.sources).flatMap(\.groupKeys) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    private func write(_ series: SeriesResult, of index: Int, to json: inout JSONWriter) {
        let part = query.parts[index]
        let interval = results[index].interval
        json.object { json in
            json.member("end", ((series.points.last?.time).map { Int($0 + interval - 1) } ?? 0) * 1_000)
            json.key("attributes")
            json.object { _ in }
            json.member("metric", part.expression.displayName)
            json.member("interval", Int(interval))
            json.key("tag_set")
            json.array(series.tags) { $0.value($1.text) }
            json.member("start", Int(series.points.first?.time ?? 0) * 1_000)
            json.member("length", series.points.count)
            json.member("query_index", index)
            json.key("aggr")
            if let aggregation = part.aggregation { json.value(aggregation.rawValue) } else { json.null() }
            json.member("scope", part.scope(with: series.tags))
            json.key("pointlist")
            json.array(series.points) { json, point in
                json.array { json in
                    json.value(Int(point.time) * 1_000)
                    json.value(Value.double(point.value))
                }
            }
            json.member("expression", part.text)
            json.key("unit")
            if let unit = part.unit(units) { unit.write(to: &json) } else { json.null() }
            json.member("display_name", part.expression.displayName)
        }
    }
}

extension SeriesQuery.Part {
    /// Nil when none is written, and when different ones are.
    fileprivate var aggregation: SeriesSource.Aggregation? {
        let all = Set(expression.sources.map(\.aggregation))
        return all.count == 1 ? all.first ?? nil : nil
    }

    /// Scopes as written, with the tags of the group.
    fileprivate func scope(with tags: [SeriesTag]) -> String {
        var parts: [String] = []
        for source in expression.sources where source.scopeText != "*" && !parts.contains(source.scopeText) { parts.append(source.scopeText) }
        for tag in tags where !parts.contains(tag.text) { parts.append(tag.text) }
        return parts.isEmpty ? "*" : parts.joined(separator: ",")
    }

    /// Of a metric that nothing was computed with: arithmetic and functions may change the unit.
    fileprivate func unit(_ units: [String: String]) -> MetricUnit? {
        guard case .source(let source) = expression, source.aggregation != .count else { return nil }
        return units[source.metric].flatMap(MetricUnit.init)
    }
}

/// A unit in Datadog's words.
struct MetricUnit {
    var family: String
    var name: String
    var plural: String
    var shortName: String

    /// - Parameter unit: UCUM. Nil for those that Datadog has no word for here.
    init?(_ unit: String) {
        switch unit {
        case "s": (family, name, plural, shortName) = ("time", "second", "seconds", "s")
        case "ms": (family, name, plural, shortName) = ("time", "millisecond", "milliseconds", "ms")
        case "By": (family, name, plural, shortName) = ("bytes", "byte", "bytes", "B")
        case "%": (family, name, plural, shortName) = ("percentage", "percent", "percent", "%")
        default: return nil
        }
    }

    /// The unit, and that it is per nothing.
    fileprivate func write(to json: inout JSONWriter) {
        json.array { json in
            json.object { json in
                json.member("family", family)
                json.member("scale_factor", 1)
                json.member("name", name)
                json.member("short_name", shortName)
                json.member("plural", plural)
            }
            json.null()
        }
    }
}
