import Base

/// Reads `extractedValues` of a step.
struct ExtractionReader {
    private let step: ObjectReader

    init(_ step: ObjectReader) { self.step = step }

    private enum Source: String, CaseIterable {
        case body = "http_body"
        case header = "http_header"
        case statusCode = "http_status_code"
    }

    func extractions() -> [Extraction] {
        step.list("extractedValues").enumerated().compactMap { extraction($1, at: "\(step.path("extractedValues"))/\($0)") }
    }

    private func extraction(_ node: JSONNode, at pointer: String) -> Extraction? {
        let names = ["example", "field", "name", "parser", "secure", "type"]
        guard let reader = ObjectReader(node, at: pointer, what: "an extracted value", names: names, mistakes: step.mistakes) else { return nil }
        let name = reader.requiredString("name")
        guard let source = source(reader), let parser = parser(reader, isOptional: source == .statusCode) else { return nil }
        return Extraction(name: name, source: source, parser: parser, isSecure: reader.bool("secure") ?? false)
    }

    private func source(_ reader: ObjectReader) -> Extraction.Source? {
        guard let source = reader.choice("type", Source.self) else {
            if reader["type"] == nil { reader.missing("type") }
            return nil
        }
        switch source {
        case .body: return .body
        case .statusCode: return .statusCode
        case .header: return .header(reader.requiredString("field"))
        }
    }

    private func parser(_ extraction: ObjectReader, isOptional: Bool) -> Extraction.Parser? {
        guard let reader = extraction.object("parser", what: "\"parser\"", names: ["type", "value"]) else {
            if extraction["parser"] == nil, !isOptional { extraction.missing("parser") }
            return isOptional ? .raw : nil
        }
        switch reader.requiredString("type") {
        case "": return nil
        case "raw": return .raw
        case "json_path": return JSONPathReader.read(reader, "value").map { .jsonPath($0) }
        case "regex":
            let text = reader.requiredString("value")
            PatternReader.check(text, reader, "value")
            return .regex(text)
        case let other:
            reader.note("\"type\" is \"\(other)\"\(suggestion(for: other, among: ["json_path", "raw", "regex"]))", at: "type")
            return nil
        }
    }
}

/// Reads a JSON path out of a member.
enum JSONPathReader {
    static func read(_ reader: ObjectReader, _ name: String) -> JSONPath? {
        let text = reader.requiredString(name)
        if text.isEmpty { return nil }
        do { return try JSONPath(text) } catch {
            reader.note("\"\(text)\" is not a JSON path: column \(error.column): \(error.reason)", at: name)
            return nil
        }
    }
}

/// Checks a regular expression out of a member; one with `{{ NAME }}` places can only be checked when it runs.
enum PatternReader {
    static func check(_ text: String, _ reader: ObjectReader, _ name: String) {
        if text.isEmpty || Template.hasPlaces(text) { return }
        do { _ = try Pattern(text) } catch {
            reader.note("\"\(text)\" is not a regular expression: \(error.reason)", at: name)
        }
    }
}
