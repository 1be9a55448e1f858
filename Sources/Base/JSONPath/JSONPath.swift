/// An expression that picks values out of a JSON document.
///
/// Understood: `$`, `.name`, `['name']`, `[n]`, `[-1:]`, `[a:b:step]`, `[*]`, `.*`, `..name`, unions `['a','b']` and `[0,2]`, filters
/// `[?(@.price < 10 && @.name =~ /^a/)]`, and `.length()` (or `.length`) at the end.
///
/// `length()` after a path that names one place counts the elements of the list or object there, or the characters of the string;
/// after a path with a wildcard, slice, filter, union or `..` it counts the values found.
public struct JSONPath: Sendable, Equatable {
    /// As written.
    public let text: String
    var query: Query

    /// - Throws: `JSONPathError` at the first character that does not fit.
    public init(_ text: String) throws(JSONPathError) {
        self.text = text
        var parser = JSONPathParser(text)
        query = try parser.path()
    }

    /// The values found, in document order; empty when there are none.
    public func evaluate(on document: Value) -> [Value] { query.evaluate(on: document, root: document) }

    /// Steps from a starting value; also used inside filters, where it starts at `@`.
    struct Query: Sendable, Equatable {
        var steps: [Step] = []
        var endsWithLength = false

        var namesOnePlace: Bool {
            steps.allSatisfy { step in
                if step.isDescendant { return false }
                switch step.selector {
                case .name, .index: return true
                default: return false
                }
            }
        }

        func evaluate(on start: Value, root: Value) -> [Value] {
            var found = [start]
            for step in steps {
                found = found.flatMap { step.apply(to: $0, root: root) }
                if found.isEmpty { break }
            }
            guard endsWithLength else { return found }
            return namesOnePlace ? found.compactMap(\.length) : [.int(found.count)]
        }
    }

    struct Step: Sendable, Equatable {
        var selector: Selector
        /// After `..`: applies to the value and to everything inside it.
        var isDescendant = false

        func apply(to value: Value, root: Value) -> [Value] {
            guard isDescendant else { return selector.select(from: value, root: root) }
            return selector.select(from: value, root: root) + value.children.flatMap { apply(to: $0, root: root) }
        }
    }

    indirect enum Selector: Sendable, Equatable {
        case name(String)
        /// Negative counts from the end.
        case index(Int)
        case slice(from: Int?, to: Int?, step: Int)
        case wildcard
        case filter(JSONPathFilter)
        case union([Selector])

        func select(from value: Value, root: Value) -> [Value] {
            switch self {
            case .name(let name):
                if let found = value.fields?[name] { return [found] }
                // JavaScript's array property, as Datadog's own evaluator sees it.
                return name == "length" ? value.elements.map { [.int($0.count)] } ?? [] : []
            case .index(let index):
                guard let elements = value.elements else { return [] }
                let position = index < 0 ? elements.count + index : index
                return elements.indices.contains(position) ? [elements[position]] : []
            case .slice(let from, let to, let step):
                guard let elements = value.elements else { return [] }
                return Self.positions(from: from, to: to, step: step, count: elements.count).map { elements[$0] }
            case .wildcard: return value.children
            case .filter(let filter): return value.children.filter { filter.accepts($0, root: root) }
            case .union(let selectors): return selectors.flatMap { $0.select(from: value, root: root) }
            }
        }

        /// Slices as RFC 9535 §2.3.4 computes them.
        private static func positions(from: Int?, to: Int?, step: Int, count: Int) -> [Int] {
            func normal(_ index: Int) -> Int { index >= 0 ? index : max(count + max(index, -count - 1), -1) }
            if step > 0 {
                let lower = min(max(from.map(normal) ?? 0, 0), count)
                let upper = min(max(to.map(normal) ?? count, 0), count)
                return Array(stride(from: lower, to: upper, by: step))
            }
            let upper = min(max(from.map(normal) ?? count - 1, -1), count - 1)
            let lower = min(max(to.map(normal) ?? -1, -1), count - 1)
            return Array(stride(from: upper, to: lower, by: step))
        }
    }
}

extension Value {
    /// Elements of a list, field values of a record.
    fileprivate var children: [Value] { elements ?? fields?.values ?? [] }

    fileprivate var length: Value? {
        switch self {
        case .list(let elements): .int(elements.count)
        case .record(let record): .int(record.values.count)
        case .string(let text): .int(text.count)
        default: nil
        }
    }
}

/// A text that is no JSON path.
public struct JSONPathError: Error, Equatable, Sendable {
    /// Counted in bytes from 1.
    public var column: Int
    public var reason: String
}
