import Base
import Templates
import Testing

/// One row of the public Mustache specification: a template, its data as JSON, and the text that must come out.
struct SpecificationCase: Sendable, CustomTestStringConvertible {
    var name: String
    var template: String
    var data: String
    var expected: String
    var partials: [String: String]

    init(_ name: String, _ template: String, _ data: String, _ expected: String, partials: [String: String] = [:]) {
        self.name = name
        self.template = template
        self.data = data
        self.expected = expected
        self.partials = partials
    }

    var testDescription: String { name }

    func render() throws -> String {
        let set = TemplateSet(try partials.mapValues { try Template.parse($0, file: "partial") })
        let bytes = try set.render(try Template.parse(template, file: "test"), with: try Value.parse(json: data.utf8))
        return String(decoding: bytes, as: UTF8.self)
    }
}

func render(_ template: String, _ data: String, partials: [String: String] = [:]) throws -> String {
    try SpecificationCase("", template, data, "", partials: partials).render()
}
