import Base

/// Reads one value of a probe's step.
struct ProbeValueReader {
    private let mistakes: MistakeList

    init(_ mistakes: MistakeList) { self.mistakes = mistakes }

    static let sources = ["body", "header", "json", "mentions", "rows", "text"]
    static let names = sources + ["among", "ignoring", "name", "order", "pattern"]

    enum Order: String, CaseIterable { case same, any }

    func value(_ node: JSONNode, at pointer: String) -> ProbeValue? {
        guard let reader = ObjectReader(node, at: pointer, what: "a value", names: Self.names, mistakes: mistakes) else { return nil }
        let name = reader.requiredString("name")
        let order = reader.choice("order", Order.self) ?? .same
        let among = reader["among"].flatMap { ProbeReader.query($0, at: reader.path("among"), mistakes) }
        guard let source = source(reader) else { return nil }
        if reader["pattern"] != nil, reader["header"] == nil { reader.note("\"pattern\" belongs to \"header\"", at: "pattern") }
        if reader["among"] != nil, reader["mentions"] != nil || reader["rows"] != nil {
            reader.note("\"among\" does not go with values that a query gives", at: "among")
        }
        return ProbeValue(name: name, source: source, isOrdered: order == .same, ignored: Set(reader.strings("ignoring")), among: among)
    }

    private func source(_ reader: ObjectReader) -> ProbeValue.Source? {
        let given = Self.sources.filter { reader[$0] != nil }
        guard given.count == 1 else {
            let words = Self.sources.map { "\"\($0)\"" }.joined(separator: ", ")
            if given.isEmpty { reader.missing("json", ": one of \(words) says where the value is") } else {
                reader.note("only one of \(given.map { "\"\($0)\"" }.joined(separator: " and ")) can say where the value is", at: given[1])
            }
            return nil
        }
        switch given[0] {
        case "json": return JSONPathReader.read(reader, "json").map { .json($0) }
        case "text": return .text(pattern(reader, "text"))
        case "body": return .body(pattern(reader, "body"))
        case "header": return .header(reader.requiredString("header"), pattern: reader["pattern"] == nil ? nil : pattern(reader, "pattern"))
        case "mentions": return ProbeReader.query(reader["mentions"]!, at: reader.path("mentions"), mistakes).map { .mentions($0) }
        default: return ProbeReader.query(reader["rows"]!, at: reader.path("rows"), mistakes).map { .rows($0) }
        }
    }

    private func pattern(_ reader: ObjectReader, _ name: String) -> String {
        let text = reader.requiredString(name)
        PatternReader.check(text, reader, name)
        return text
    }
}
