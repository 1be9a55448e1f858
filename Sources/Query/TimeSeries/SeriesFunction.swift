import Base

/// A function over series with its arguments.
public enum SeriesFunction: Sendable, Equatable {
    public enum Ranking: String, Sendable, CaseIterable { case max, mean, min, sum, last, l2norm, area }

    /// What needs nothing but the series.
    public enum Simple: String, Sendable, CaseIterable {
        case defaultZero = "default_zero"
        case perSecond = "per_second"
        case perMinute = "per_minute"
        case perHour = "per_hour"
        case cumulativeSum = "cumsum"
        case integral
        case difference = "diff"
        case monotonicDifference = "monotonic_diff"
        case derivative
        case timeDifference = "dt"
        case absolute = "abs"
        case log2
        case log10
        case countNonzero = "count_nonzero"
        case countNotNull = "count_not_null"
        case throughput
    }

    case simple(Simple)
    case clampMinimum(Double)
    case clampMaximum(Double)
    case top(count: Int, by: Ranking, descending: Bool)
    case movingRollup(seconds: Int64, SeriesSource.Method)
    /// Negative: shows the past.
    case timeShift(seconds: Int64, name: String)

    private static let shifts: [(name: String, seconds: Int64)] = [
        ("hour_before", -3_600), ("day_before", -86_400), ("week_before", -604_800), ("month_before", -2_419_200),
    ]

    static let topCounts = [5, 10, 15, 20, 25, 50, 100]

    static let names: [String] =
        Simple.allCases.map(\.rawValue) + ["clamp_min", "clamp_max", "top", "moving_rollup", "timeshift"] + shifts.map(\.name)

    func displayName(around inner: String) -> String {
        switch self {
        case .simple(let simple): "\(simple.rawValue)(\(inner))"
        case .clampMinimum(let limit): "clamp_min(\(inner), \(JSONNumber.text(limit)))"
        case .clampMaximum(let limit): "clamp_max(\(inner), \(JSONNumber.text(limit)))"
        case .top(let count, let ranking, let descending): "top(\(inner), \(count), '\(ranking.rawValue)', '\(descending ? "desc" : "asc")')"
        case .movingRollup(let seconds, let method): "moving_rollup(\(inner), \(seconds), '\(method.rawValue)')"
        case .timeShift(let seconds, let name): name == "timeshift" ? "timeshift(\(inner), \(seconds))" : "\(name)(\(inner))"
        }
    }

    /// Why a call makes no function.
    enum Refusal: Error {
        case unknown
        /// How it is written.
        case wrongArguments(String)
    }

    init(_ name: String, _ arguments: [SeriesExpression.Argument]) throws(Refusal) {
        if let simple = Simple(rawValue: name) {
            guard arguments.isEmpty else { throw .wrongArguments("\(name)(query)") }
            self = .simple(simple)
        } else if let shift = Self.shifts.first(where: { $0.name == name }) {
            guard arguments.isEmpty else { throw .wrongArguments("\(name)(query)") }
            self = .timeShift(seconds: shift.seconds, name: name)
        } else if let top = Self.shorthand(name) {
            guard arguments.isEmpty else { throw .wrongArguments("\(name)(query)") }
            self = top
        } else {
            self = try Self.withArguments(name, arguments)
        }
    }

    private static func withArguments(_ name: String, _ arguments: [SeriesExpression.Argument]) throws(Refusal) -> SeriesFunction {
        switch (name, arguments.first, arguments.count) {
        case ("clamp_min", .number(let limit)?, 1): return .clampMinimum(limit)
        case ("clamp_max", .number(let limit)?, 1): return .clampMaximum(limit)
        case ("timeshift", .number(let seconds)?, 1): if let whole = seconds.wholeSeconds { return .timeShift(seconds: whole, name: name) }
        case ("moving_rollup", .number(let seconds)?, 1...2):
            let method = arguments.count == 2 ? arguments[1].word.flatMap(SeriesSource.Method.init) : .avg
            if let whole = seconds.wholeSeconds, whole > 0, let method { return .movingRollup(seconds: whole, method) }
        case ("top", .number(let count)?, 3):
            if topCounts.map(Double.init).contains(count), let ranking = arguments[1].word.flatMap(Ranking.init),
                let order = arguments[2].word, order == "asc" || order == "desc"
            {
                return .top(count: Int(count), by: ranking, descending: order == "desc")
            }
        default: break
        }
        throw usages[name].map { .wrongArguments($0) } ?? .unknown
    }

    private static let usages = [
        "clamp_min": "clamp_min(query, number)", "clamp_max": "clamp_max(query, number)", "timeshift": "timeshift(query, seconds), for example timeshift(query, -3600)",
        "moving_rollup": "moving_rollup(query, seconds, 'avg'|'sum'|'min'|'max'|'count')",
        "top": "top(query, 5|10|15|20|25|50|100, 'max'|'mean'|'min'|'sum'|'last'|'l2norm'|'area', 'asc'|'desc')",
    ]

    /// `top10_mean(query)`
    private static func shorthand(_ name: String) -> SeriesFunction? {
        guard name.hasPrefix("top") || name.hasPrefix("bottom"), let line = name.firstIndex(of: "_") else { return nil }
        let isTop = name.hasPrefix("top")
        guard let count = Int(name[..<line].dropFirst(isTop ? 3 : 6)), topCounts.contains(count), let ranking = Ranking(rawValue: String(name[name.index(after: line)...])) else {
            return nil
        }
        return .top(count: count, by: ranking, descending: isTop)
    }
}

extension SeriesExpression.Argument {
    fileprivate var word: String? { if case .text(let text) = self { text } else { nil } }
}

extension Double {
    /// Nil for fractions and for what no clock will ever show.
    fileprivate var wholeSeconds: Int64? { Int64(exactly: self).flatMap { abs($0) <= 100 * 366 * 86_400 ? $0 : nil } }
}
