import Base

/// Is told of the partials of a page as they are rendered, inner ones between the two calls of the outer one.
public protocol RenderObserver: AnyObject {
    func willRender(partial name: String)
    /// - Parameter failure: Why the partial begun last could not be rendered; nil when it was.
    func didRender(failure: TemplateError?)
}

/// One rendering of one page.
struct TemplateRenderer {
    /// Sections and partials open at the same time. Bounds the stack: a partial may include itself.
    static let depthLimit = 200

    let set: TemplateSet
    private let observer: (any RenderObserver)?
    /// The innermost context last.
    private var contexts: [Value]
    private(set) var out: [UInt8] = []
    private var includes: [SourceLocation] = []
    private var depth = 0
    /// Put before every line of the partial that is being rendered.
    private var indentation: [UInt8] = []
    /// True at the start of an indented line that has printed nothing yet.
    private var isIndentDue = false

    init(set: TemplateSet, context: Value, capacity: Int, observer: (any RenderObserver)? = nil) {
        self.set = set
        self.observer = observer
        contexts = [context]
        out.reserveCapacity(capacity)
    }

    mutating func render(_ nodes: [TemplateNode]) throws(TemplateError) {
        for node in nodes {
            switch node {
            case .text(let bytes): write(bytes)
            case .variable(let name, let isRaw): write(try value(of: name), isRaw: isRaw)
            case .section(let name, let inner): try renderSection(name, inner)
            case .inverted(let name, let inner):
                if try !value(of: name).isTruthy { try enter(name) { (renderer) throws(TemplateError) in try renderer.render(inner) } }
            case .partial(let name, let indentation): try renderPartial(name.text, name, indentation)
            case .dynamicPartial(let name, let indentation): try renderPartial(value(of: name).text, name, indentation)
            }
        }
    }

    private mutating func renderSection(_ name: TemplateName, _ inner: [TemplateNode]) throws(TemplateError) {
        let value = try value(of: name)
        guard value.isTruthy else { return }
        try enter(name) { (renderer) throws(TemplateError) in
            if case .list(let elements) = value {
                for element in elements { try renderer.render(inner, in: element) }
            } else {
                try renderer.render(inner, in: value)
            }
        }
    }

    private mutating func render(_ nodes: [TemplateNode], in context: Value) throws(TemplateError) {
        contexts.append(context)
        try render(nodes)
        contexts.removeLast()
    }

    private mutating func renderPartial(_ partial: String, _ name: TemplateName, _ inner: [UInt8]?) throws(TemplateError) {
        guard let template = set[partial] else {
            throw error(.missingPartial, partial, at: name.location, among: set.names)
        }
        let outer = indentation
        if inner == nil, isIndentDue { writeIndent() }
        indentation = inner.map { outer + $0 } ?? []
        isIndentDue = !indentation.isEmpty
        includes.append(name.location)
        try renderObserved(template, partial, name)
        includes.removeLast()
        indentation = outer
        // Behind a partial on its own line the next line begins, behind one inside a line that line goes on.
        isIndentDue = inner != nil && !outer.isEmpty
    }

    private mutating func renderObserved(_ template: Template, _ partial: String, _ name: TemplateName) throws(TemplateError) {
        guard let observer else { return try enter(name) { (renderer) throws(TemplateError) in try renderer.render(template.nodes) } }
        observer.willRender(partial: partial)
        do throws(TemplateError) {
            try enter(name) { (renderer) throws(TemplateError) in try renderer.render(template.nodes) }
        } catch {
            observer.didRender(failure: error)
            throw error
        }
        observer.didRender(failure: nil)
    }

    private mutating func enter(
        _ name: TemplateName, _ body: (inout TemplateRenderer) throws(TemplateError) -> Void
    ) throws(TemplateError) {
        if depth == Self.depthLimit { throw error(.tooDeep(limit: Self.depthLimit), name.text, at: name.location, among: []) }
        depth += 1
        try body(&self)
        depth -= 1
    }

    // MARK: Names

    private func value(of name: TemplateName) throws(TemplateError) -> Value {
        guard let first = name.parts.first else { return contexts[contexts.count - 1] }
        var index = contexts.count - 1
        while index >= 0 {
            if case .record(let record) = contexts[index], let found = record[first] {
                return name.parts.count == 1 ? found : try member(of: found, name)
            }
            index -= 1
        }
        throw error(.missingName, name.text, at: name.location, among: contexts.flatMap { $0.fields?.layout.names ?? [] })
    }

    private func member(of value: Value, _ name: TemplateName) throws(TemplateError) -> Value {
        var value = value
        for (index, part) in name.parts.enumerated().dropFirst() {
            guard let next = value[part] else {
                let prefix = name.parts[..<index].joined(separator: ".") + "."
                let known = (value.fields?.layout.names ?? []).map { prefix + $0 }
                throw error(.missingName, name.text, at: name.location, among: known)
            }
            value = next
        }
        return value
    }

    private func error(
        _ reason: TemplateError.Reason, _ name: String, at location: SourceLocation, among known: [String]
    ) -> TemplateError {
        TemplateError(reason, name: name, at: location, nearest: nearestName(to: name, among: known), includes: includes)
    }

    // MARK: Output

    private mutating func write(_ value: Value, isRaw: Bool) {
        if isIndentDue { writeIndent() }
        switch value {
        case .null: break
        case .int(let number): out.append(decimal: number)
        case .string(let text): if isRaw { out.append(text) } else { out.append(escapingHTML: text) }
        case .bytes(let bytes) where isRaw: out.append(contentsOf: bytes)
        default: if isRaw { out.append(value.text) } else { out.append(escapingHTML: value.text) }
        }
    }

    private mutating func write(_ bytes: [UInt8]) {
        if indentation.isEmpty && !isIndentDue { out.append(contentsOf: bytes); return }
        for byte in bytes {
            if isIndentDue { writeIndent() }
            out.append(byte)
            // Line breaks inside values do not come here: they belong to the data and are not indented.
            if byte == UInt8(ascii: "\n") { isIndentDue = !indentation.isEmpty }
        }
    }

    private mutating func writeIndent() {
        out.append(contentsOf: indentation)
        isIndentDue = false
    }
}
