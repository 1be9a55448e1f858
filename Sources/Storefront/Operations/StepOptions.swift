import Base
import Database
import Telemetry

/// The options of one step while it is compiled, read by name and kind. Reading a missing optional gives nil; a missing or wrong
/// required one was already reported and gives a harmless stand-in, so that all mistakes of a pack are found in one go.
public struct StepOptions {
    let node: JSONNode
    let pointer: String
    public let compiler: WiringCompiler
    /// Line of this step in the effective wiring.
    public let line: Int

    public func has(_ name: String) -> Bool { node[name] != nil }

    /// Names of the pack's services.
    public var services: [String] { compiler.surroundings.pack.services }

    /// Reports a mistake at an option, or at the step when the option is absent.
    public func report(_ message: String, at option: String? = nil) {
        let place = option.flatMap { node[$0] } ?? node
        compiler.report(message, at: place.location, pointer: option.map { pointer + "/" + $0.pointerToken } ?? pointer)
    }

    private func child(_ name: String) -> (JSONNode, String)? {
        node[name].map { ($0, pointer + "/" + name.pointerToken) }
    }

    public func text(_ name: String) -> TextTemplate? {
        child(name).map { compiler.text($0, pointer: $1) }
    }

    public func requiredText(_ name: String) -> TextTemplate { text(name) ?? TextTemplate(parts: []) }

    public func shape(_ name: String) -> Shape? {
        child(name).map { compiler.shape($0, pointer: $1) }
    }

    public func expression(_ name: String) -> Expression? {
        child(name).map { compiler.expression($0, pointer: $1) }
    }

    public func requiredExpression(_ name: String) -> Expression { expression(name) ?? .literal(.null) }

    public func integer(_ name: String) -> Int? {
        if case .int(let number)? = node[name]?.content { number } else { nil }
    }

    public func number(_ name: String) -> Double? {
        switch node[name]?.content {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    public func boolean(_ name: String) -> Bool? {
        if case .bool(let flag)? = node[name]?.content { flag } else { nil }
    }

    /// A text without expressions: choices and names.
    public func word(_ name: String) -> String? { node[name]?.string }

    public func words(_ name: String) -> [String]? { node[name]?.array?.compactMap(\.string) }

    /// Compiles nested steps; what they declare ends with them.
    public func steps(_ name: String) -> StepList {
        guard let (node, pointer) = child(name) else { return StepList([]) }
        return compiler.nestedSteps(node, pointer: pointer)
    }

    /// A map of texts, in the order written.
    public func texts(_ name: String) -> [(name: String, text: TextTemplate)] {
        guard let (node, pointer) = child(name) else { return [] }
        return (node.members ?? []).map { ($0.name, compiler.text($0.value, pointer: pointer + "/" + $0.name.pointerToken)) }
    }

    /// A map of words, in the order written.
    public func wordMap(_ name: String) -> [(name: String, word: String)] {
        (node[name]?.members ?? []).compactMap { member in member.value.string.map { (member.name, $0) } }
    }

    /// A map of shapes, in the order written.
    public func shapes(_ name: String) -> [(name: String, shape: Shape)] {
        guard let (node, pointer) = child(name) else { return [] }
        return (node.members ?? []).map { ($0.name, compiler.shape($0.value, pointer: pointer + "/" + $0.name.pointerToken)) }
    }

    /// Compiles `"x in list"` and nested steps that may use `x`.
    public func loop(_ name: String, steps stepsName: String) -> (source: Expression, slot: Int, steps: StepList) {
        guard let (node, pointer) = child(name), let (source, variable) = compiler.loopHead(node, pointer: pointer) else {
            return (.literal(.list([])), compiler.scope.declare(""), StepList([]))
        }
        return compiler.scope.block {
            let slot = compiler.scope.declare(variable)
            return (source, slot, steps(stepsName))
        }
    }

    /// Compiles `"x in list"` and a map of shapes that may use `x`.
    public func loop(_ name: String, shapes shapesName: String) -> (source: Expression, slot: Int, shapes: [(name: String, shape: Shape)]) {
        let head = child(name).flatMap { compiler.loopHead($0, pointer: $1) }
        return compiler.scope.block {
            let slot = compiler.scope.declare(head?.variable ?? "")
            return (head?.source ?? .literal(.list([])), slot, shapes(shapesName))
        }
    }

    /// A query of the service's database, from an option that holds SQL.
    ///
    /// - Parameter givesRecords: Its rows become records that the wiring works with, not a count or a single value.
    public func query(_ name: String, givesRecords: Bool = false) -> PreparedQuery? {
        guard let (node, pointer) = child(name), let sql = node.string else { return nil }
        return compiler.query(sql, givesRecords: givesRecords, at: node.location, pointer: pointer, line: line)
    }

    /// A query that the operation writes itself.
    public func query(writing sql: String, givesRecords: Bool = false) -> PreparedQuery {
        compiler.query(sql, givesRecords: givesRecords, at: node.location, pointer: pointer, line: line) ?? PreparedQuery.impossible
    }

    /// What a span of this step has in common with all spans of it, with the step's place in the wiring.
    ///
    /// - Parameter facts: What settings' placeholders stand for, by name, see `SpanText`.
    public func span(_ kind: SpanKindName, resource: String, attributes: [Attribute] = [], facts: [String: String] = [:]) -> SpanTemplate {
        compiler.span(kind, resource: resource, attributes: attributes, facts: facts, line: line)
    }

    /// Nil when the service's telemetry does not describe spans of caches.
    public func cacheSpan(_ action: String) -> SpanTemplate? {
        compiler.describesSpans(of: .cache) ? span(.cache, resource: action) : nil
    }

    /// Spans of the partials of a page; nil when the service's telemetry does not describe them.
    public func partialSpans(ofPage view: String) -> PartialSpans? { compiler.partialSpans(ofPage: view) }

    /// The format that an option names among the service's `logs.formats`; nil when the option is absent.
    func logFormat(_ name: String) -> Int? {
        guard let word = word(name) else { return nil }
        let known = compiler.log.formats.map(\.name)
        guard let index = known.firstIndex(of: word) else {
            report("no format of the service's logs is named \"\(word)\"" + suggestion(for: word, among: known), at: name)
            return nil
        }
        return index
    }
}
