import Base

/// One setting of a block of JSON: declared once, for checking what a pack says and for the schema that helps an editor.
struct Setting: Sendable {
    indirect enum Kind: Sendable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// A quantity as Kubernetes writes it, for example `100m` or `1.5`.
        case cpu
        /// For example `300Mi`.
        case memory
        case flag
        case text
        case choice([String])
        case block([Setting])
        case list([Setting])
    }

    let name: String
    let kind: Kind
    let summary: String
    let isRequired: Bool

    init(_ name: String, _ kind: Kind, _ summary: String, required: Bool = false) {
        self.name = name
        self.kind = kind
        self.summary = summary
        isRequired = required
    }
}

// MARK: Checking

extension [Setting] {
    /// Reports what is unknown, missing, of the wrong kind or out of range.
    func check(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: map(\.name))
        for setting in self {
            if let value = diagnostics.value(setting.name, in: node, pointer: pointer, required: setting.isRequired) {
                setting.check(value, in: node, pointer: pointer, diagnostics)
            }
        }
    }
}

extension Setting {
    fileprivate func check(_ value: JSONNode, in node: JSONNode, pointer: String, _ diagnostics: Diagnostics) {
        let place = pointer + "/" + name
        switch kind {
        case .integer(let range): _ = diagnostics.integer(name, in: node, pointer: pointer, range: range)
        case .number(let range):
            guard value.kindName == "a number" || value.kindName == "a whole number", let number = value.value.number else { diagnostics.report("expected a number, found \(value.kindName)", at: value.location, pointer: place); return }
            if !range.contains(number) { diagnostics.report("\(number) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)", at: value.location, pointer: place) }
        case .cpu: check(value, Quantity.millicores(value.value), "a share of processors such as \"100m\" or 0.5", place, diagnostics)
        case .memory: check(value, Quantity.mebibytes(value.value), "an amount of memory such as \"300Mi\"", place, diagnostics)
        case .flag: _ = diagnostics.boolean(name, in: node, pointer: pointer)
        case .text: _ = diagnostics.string(name, in: node, pointer: pointer)
        case .choice(let choices): _ = diagnostics.choice(name, in: node, pointer: pointer, among: choices)
        case .block(let settings): settings.check(value, pointer: place, reporting: diagnostics)
        case .list(let settings):
            guard let elements = value.array else { diagnostics.report("expected a list, found \(value.kindName)", at: value.location, pointer: place); return }
            for (index, element) in elements.enumerated() { settings.check(element, pointer: "\(place)/\(index)", reporting: diagnostics) }
        }
    }

    private func check(_ value: JSONNode, _ amount: Double?, _ expected: String, _ place: String, _ diagnostics: Diagnostics) {
        if amount == nil { diagnostics.report("expected \(expected)", at: value.location, pointer: place) }
    }
}

// MARK: Schema

extension [Setting] {
    /// JSON Schema of an object with these settings and no others.
    var schema: Value {
        var members: [(String, Value)] = [("type", "object"), ("properties", .record(Record(map { ($0.name, $0.schema) })))]
        let required = filter(\.isRequired).map { Value.string($0.name) }
        if !required.isEmpty { members.append(("required", .list(required))) }
        return .record(Record(members + [("additionalProperties", false)]))
    }
}

extension Setting {
    fileprivate var schema: Value { .record(Record([("description", .string(summary))] + type)) }

    private var type: [(String, Value)] {
        switch kind {
        case .integer(let range): [("type", "integer"), ("minimum", .int(range.lowerBound)), ("maximum", .int(range.upperBound))]
        case .number(let range): [("type", "number"), ("minimum", .double(range.lowerBound)), ("maximum", .double(range.upperBound))]
        case .cpu, .memory: [("type", .list(["string", "number"]))]
        case .flag: [("type", "boolean")]
        case .text: [("type", "string")]
        case .choice(let choices): [("enum", .list(choices.map { .string($0) }))]
        case .block(let settings): settings.schema.fields.map { Array(zip($0.layout.names, $0.values)) } ?? []
        case .list(let settings): [("type", "array"), ("items", settings.schema)]
        }
    }
}
