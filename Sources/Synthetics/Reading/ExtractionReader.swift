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

    private enum ParserType: String, CaseIterable {
        case raw
        case jsonPath = "json_path"
        case xPath = "x_path"
        case regex
    }

    func extractions() -> [Extraction] {
        step.list("extractedValues").enumerated().compactMap { extraction($1, at: "\(step.path("extractedValues"))/\($0)") }
    }

    private func extraction(_ node: JSONNode, at pointer: String) -> Extraction? {
        let names = ["example", "field", "name", "parser", "secure", "type"]
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "an extracted value", names: names, unknown: .refusedWhenNear, mistakes: step.mistakes)
        else { return nil }
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
        guard let reader = extraction.object("parser", what: "\"parser\"", names: ["type", "value"], unknown: .refusedWhenNear) else {
            if extraction["parser"] == nil, !isOptional { extraction.missing("parser") }
            return isOptional ? .raw : nil
        }
        guard let type = reader.choice("type", ParserType.self) else {
            if reader["type"] == nil { reader.missing("type") }
            return nil
        }
        switch type {
        case .raw: return .raw
        case .jsonPath: return ExpressionReader.read(JSONPath.self, reader, "value").map { .jsonPath($0) }
        case .xPath: return ExpressionReader.read(XPath.self, reader, "value").map { .xPath($0) }
        case .regex: return ExpressionReader.read(CheckPattern.self, reader, "value").map { .regex($0) }
        }
    }
}
