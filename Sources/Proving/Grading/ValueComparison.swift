import Base
import Synthetics

/// Compares what a probe's value found in two answers, by meaning: fields may stand in any order, and more of them do no harm.
struct ValueComparison {
    let value: ProbeValue

    /// Where the answer found differs from the expected one, in words for people; nil where it does not.
    ///
    /// - Parameter list: What the healthy shop's query gave, for a value that is one of several.
    func difference(expected: [Value], actual: [Value], list: [Value]) -> String? {
        if value.among != nil { return strangers(in: actual, among: list, isExpected: !expected.isEmpty) }
        let missing = value.isOrdered ? missingInOrder(expected, actual) : missingAnywhere(expected, actual)
        if expected.count != actual.count { return countDifference(expected, actual, missing) }
        guard let (position, one) = missing.first else { return nil }
        let instead = value.isOrdered ? ", found \(Self.shown(actual[position]))\(place(of: one, in: actual[position]))" : ", which is not there"
        return "\(value.name): expected \(Self.shown(one))\(instead)"
    }

    private func strangers(in actual: [Value], among list: [Value], isExpected: Bool) -> String? {
        if actual.isEmpty { return isExpected ? "\(value.name): nothing is there" : nil }
        guard let stranger = actual.first(where: { one in !list.contains { matches($0, one) } }) else { return nil }
        return "\(value.name): found \(Self.shown(stranger)), which is none of the \(list.count) that are possible"
    }

    private func countDifference(_ expected: [Value], _ actual: [Value], _ missing: [(Int, Value)]) -> String {
        if actual.isEmpty { return "\(value.name): expected \(expected.count == 1 ? Self.shown(expected[0]) : "\(expected.count) values"), found nothing" }
        let counts = "\(value.name): expected \(expected.count) values, found \(actual.count)"
        // In a list with an order one more or less moves all that come after it.
        let lost = missingAnywhere(expected, actual)
        return lost.isEmpty ? counts : counts + "; \(Self.shown(lost[0].1)) is missing"
    }

    private func missingInOrder(_ expected: [Value], _ actual: [Value]) -> [(Int, Value)] {
        zip(expected, actual).enumerated().filter { !matches($1.0, $1.1) }.map { ($0, $1.0) }
    }

    private func missingAnywhere(_ expected: [Value], _ actual: [Value]) -> [(Int, Value)] {
        var left = actual
        var missing: [(Int, Value)] = []
        for (position, one) in expected.enumerated() {
            // Mostly the order is the same after all.
            let index = left.first.map { matches(one, $0) } == true ? 0 : left.firstIndex { matches(one, $0) }
            if let index { left.remove(at: index) } else { missing.append((position, one)) }
        }
        return missing
    }

    // MARK: One value

    private func matches(_ expected: Value, _ actual: Value) -> Bool {
        switch (expected, actual) {
        case (.record(let left), .record(let right)):
            return zip(left.layout.names, left.values).allSatisfy { name, field in
                value.ignored.contains(name) || right[name].map { matches(field, $0) } ?? false
            }
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { matches($0, $1) }
        case (.int, .double), (.double, .int): return expected.number == actual.number
        default: return expected == actual
        }
    }

    // MARK: Words

    /// Characters of a value that a verdict shows.
    private static let shownLimit = 80

    private static func shown(_ value: Value) -> String {
        let text = value.json()
        return text.count > shownLimit ? text.prefix(shownLimit) + "…" : text
    }

    /// For values that are too long to be shown: the first part of them that differs.
    private func place(of expected: Value, in actual: Value) -> String {
        guard [expected, actual].contains(where: { $0.json().count > Self.shownLimit }) else { return "" }
        let (path, one, other) = firstDifference(expected, actual)
        let found = other.map { "found \(Self.shown($0))" } ?? "which is not there"
        return path.isEmpty ? "" : "; \(path.joined(separator: ".")): expected \(Self.shown(one)), \(found)"
    }

    private func firstDifference(_ expected: Value, _ actual: Value) -> (path: [String], expected: Value, actual: Value?) {
        let parts: [(name: String, expected: Value, actual: Value?)]
        switch (expected, actual) {
        case (.record(let left), .record(let right)):
            parts = zip(left.layout.names, left.values).filter { !value.ignored.contains($0.0) }.map { ($0, $1, right[$0]) }
        case (.list(let left), .list(let right)) where left.count == right.count:
            parts = zip(left, right).enumerated().map { ("\($0)", $1.0, $1.1) }
        default: return ([], expected, actual)
        }
        for part in parts {
            guard let other = part.actual else { return ([part.name], part.expected, nil) }
            if matches(part.expected, other) { continue }
            let inner = firstDifference(part.expected, other)
            return ([part.name] + inner.path, inner.expected, inner.actual)
        }
        return ([], expected, actual)
    }
}
