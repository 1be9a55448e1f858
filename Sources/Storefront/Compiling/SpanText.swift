import Base
import Telemetry

/// A text of span settings with `{name}` placeholders.
///
/// Known when the wiring is compiled, and allowed everywhere: `method`, `route`, `name`, `handler`, `controller`, `action` of a route;
/// `peer` of a call (the service); `statement`, `operation`, `table`, `model` of SQL; `view`, `layout` of a page; `env`, `version`, `language`,
/// `runtime` (a UUID of the service as it runs). In attributes also what each span knows: `SpanFact`.
struct SpanText {
    static let constantNames = [
        "method", "route", "name", "handler", "controller", "action", "peer", "statement", "operation", "table", "model", "view", "layout", "env",
        "version", "language", "runtime",
    ]
    static let attributeNames = constantNames + SpanFact.allCases.map(\.rawValue)

    private enum Part {
        case text(String)
        case name(String)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            parts.append(.name(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    var names: [String] { parts.compactMap { if case .name(let name) = $0 { name } else { nil } } }

    /// The text with what is known now; nothing in the place of what is not.
    func filled(_ facts: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .name(let name): facts[name] ?? ""
            }
        }.joined()
    }

    /// Nil when everything is known now.
    func computed(_ attribute: String, _ facts: [String: String]) -> ComputedAttribute? {
        var isComputed = false
        let parts = parts.map { (part) -> ComputedAttribute.Part in
            switch part {
            case .text(let text): return .text(text)
            case .name(let name):
                if let known = facts[name], !known.isEmpty { return .text(known) }
                guard let fact = SpanFact(rawValue: name) else { return .text("") }
                isComputed = true
                return .fact(fact)
            }
        }
        return isComputed ? ComputedAttribute(attribute, parts) : nil
    }
}

/// Attributes as settings write them, their texts read once for all spans of a kind.
struct SpanAttributes {
    private enum Content {
        case value(Value)
        case text(SpanText)
    }

    private let list: [(name: String, content: Content)]

    /// - Parameter settings: The first of several of one name counts.
    init(_ settings: [(name: String, value: Value)]) {
        var seen: Set<String> = []
        list = settings.filter { seen.insert($0.name).inserted }.map { name, value in
            guard case .string(let text) = value, !text.isEmpty else { return (name, .value(value)) }
            return (name, .text(SpanText(text)))
        }
    }

    /// Sorted into those that are known now and those that each span tells. A text that comes out empty makes no attribute.
    func filled(_ facts: [String: String]) -> (constant: [Attribute], computed: [ComputedAttribute]) {
        var constant: [Attribute] = []
        var computed: [ComputedAttribute] = []
        for (name, content) in list {
            switch content {
            case .value(let value): constant.append(Attribute(name, value))
            case .text(let text):
                if let attribute = text.computed(name, facts) { computed.append(attribute); continue }
                let filled = text.filled(facts)
                if !filled.isEmpty { constant.append(Attribute(name, .string(filled))) }
            }
        }
        return (constant, computed)
    }
}
