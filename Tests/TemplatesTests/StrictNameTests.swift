import Base
import Templates
import Testing

@Suite struct StrictNameTests {
    /// Template, data, and the message; where the specification prints nothing.
    @Test(arguments: [
        ("I ({{cannot}}) be seen!", "{}", "test:1: nothing here is named \"cannot\""),
        ("{{{cannot}}}", "{}", "test:1: nothing here is named \"cannot\""),
        ("\n\n  {{prodcut}}", #"{"product":1}"#, "test:3: nothing here is named \"prodcut\"; did you mean \"product\"?"),
        ("{{a.b.c}}", #"{"a":{}}"#, "test:1: nothing here is named \"a.b.c\""),
        ("{{ad.imag}}", #"{"ad":{"image":1}}"#, "test:1: nothing here is named \"ad.imag\"; did you mean \"ad.image\"?"),
        ("{{ad.image}}", #"{"ad":null}"#, "test:1: nothing here is named \"ad.image\""),
        ("{{#missing}}x{{/missing}}", "{}", "test:1: nothing here is named \"missing\""),
        ("{{^missing}}x{{/missing}}", "{}", "test:1: nothing here is named \"missing\""),
        ("{{#a}}{{b.c}}{{/a}}", #"{"a":{"b":{}},"b":{"c":"ERROR"}}"#, "test:1: nothing here is named \"b.c\""),
        ("{{>*view}}", #"{"view":"hom"}"#, "test:1: there is no view \"hom\"; did you mean \"home\"?"),
        ("{{>*view}}", "{}", "test:1: nothing here is named \"view\""),
    ])
    func `a name that no context has is an error with its line`(template: String, data: String, message: String) throws {
        let error = #expect(throws: TemplateError.self) { try render(template, data, partials: ["home": ""]) }
        #expect(error?.description == message)
    }

    @Test func `an error inside a partial names the partial and the tags that led there`() throws {
        let set = try TemplateSet(sources: [
            .init(name: "page", file: "views/page.mustache", text: Array("<html>\n{{#body}}\n  {{> shared/ad}}\n{{/body}}".utf8)),
            .init(name: "shared/ad", file: "views/shared/ad.mustache", text: Array("<center>\n<img src=\"{{image}}\">".utf8)),
        ])
        let error = #expect(throws: TemplateError.self) { try set.render("page", with: .object(["body": true])) }
        #expect(error?.location == SourceLocation(file: "views/shared/ad.mustache", line: 2, column: 11))
        #expect(error?.includes == [SourceLocation(file: "views/page.mustache", line: 3, column: 3)])
        #expect(error?.reason == .missingName)
        let lines = set.extract(around: try #require(error?.location))
        #expect(lines.map(\.number) == [1, 2])
        #expect(lines.last?.text == "<img src=\"{{image}}\">")
    }

    @Test func `a partial that includes itself without end is an error and no crash`() throws {
        let error = #expect(throws: TemplateError.self) { try render("{{>a}}", "{}", partials: ["a": "x{{>a}}"]) }
        #expect(error?.reason == .tooDeep(limit: 200))
    }

    @Test func `a page that is not in the set is named with the nearest one`() {
        let error = #expect(throws: TemplateError.self) { try TemplateSet(["home": .parse("", file: "home")]).render("hme", with: .null) }
        #expect(error?.nearest == "home")
    }
}
