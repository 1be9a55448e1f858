import Base
import Templates
import Testing

@Suite struct TemplateParseTests {
    @Test(arguments: [
        ("a\n {{name", "v:2:2: this tag is not closed; expected \"}}\""),
        ("{{{name}}", "v:1:1: this tag is not closed; expected \"}}}\""),
        ("{{#a}}\n{{#b}}\n{{/b}}", "v:1:1: the section \"a\" is never closed; expected {{/a}}"),
        ("x\n{{/a}}", "v:2:1: {{/a}} closes a section that was not opened"),
        ("{{#a}}\n{{^b}}\n{{/a}}", "v:3:1: {{/a}} stands where {{/b}} is expected, for the section of line 2"),
        ("{{}}", "v:1:1: this tag has no name"),
        ("{{> }}", "v:1:1: this tag has no name"),
        ("{{a b}}", "v:1:1: the name \"a b\" contains a space or a line break"),
        ("{{a..b}}", "v:1:1: \"a..b\" has an empty part; names look like order.number"),
        ("{{=<%=}}", "v:1:1: new delimiters are two words without \"=\", for example {{=<% %>=}}"),
    ])
    func `a mistake is shown at its place`(text: String, message: String) {
        let problem = #expect(throws: Problem.self) { try Template.parse(text, file: "v") }
        #expect(problem?.description == message)
    }

    @Test func `all views' mistakes come together, and so do partials that do not exist`() {
        let broken = #expect(throws: Problems.self) {
            try TemplateSet(sources: [
                .init(name: "a", file: "a.mustache", text: Array("{{#x}}".utf8)),
                .init(name: "b", file: "b.mustache", text: Array("{{/x}}".utf8)),
            ])
        }
        #expect(broken?.list.map(\.location.file) == ["a.mustache", "b.mustache"])
        let missing = #expect(throws: Problems.self) {
            try TemplateSet(sources: [.init(name: "home/index", file: "h", text: Array("{{#x}}\n{{> home/indx}}{{/x}}".utf8))])
        }
        #expect(missing?.description == "h:2:1: there is no view \"home/indx\"; did you mean \"home/index\"?")
    }

    @Test func `a later source of the same name replaces an earlier one`() throws {
        let set = try TemplateSet(sources: [
            .init(name: "p", file: "views/p", text: Array("old".utf8)), .init(name: "p", file: "views/variants/p", text: Array("new".utf8)),
        ])
        #expect(try set.render("p", with: .null) == Array("new".utf8))
    }

    @Test func `apostrophes are escaped because attributes may stand in single quotes`() throws {
        #expect(try render("<a title='{{t}}'>", #"{"t":"x' onclick='y"}"#) == "<a title='x&#39; onclick=&#39;y'>")
    }

    @Test func `an extract is cut at the ends of the file`() throws {
        let template = try Template.parse("1\n2\n3\n4\n5", file: "v")
        #expect(template.extract(around: 2, context: 1).map(\.text) == ["1", "2", "3"])
        #expect(template.extract(around: 5, context: 2).map(\.number) == [3, 4, 5])
        #expect(template.extract(around: 6).isEmpty)
    }

    @Test func `random templates parse or are refused, and what parses renders or names a line of the file`() throws {
        let pieces = [
            "{{", "}}", "{{{", "}}}", "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "{{>p}}", "{{>*n}}", "{{!", "{{=| |=}}", "|a|", "|={{ }}=|", "\n", "\r\n",
            "  ", "x", "é", "{{a}}", "{{.}}", "{{a.b}}", "{{c}}", "<&>",
        ]
        let data = Value.object(["a": [.object(["b": 1]), .object(["b": "<"])], "b": false, "n": "p"])
        let set = try TemplateSet(["p": Template.parse("[{{#a}}\n{{b}}\n{{/a}}]", file: "p")])
        var random = SeededRandom(seed: 2_024)
        var rendered = 0, refused = 0, failed = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            let lineCount = text.utf8.count { $0 == 10 } + 1
            do {
                _ = try set.render(try Template.parse(text, file: "t"), with: data)
                rendered += 1
            } catch let problem as Problem {
                refused += 1
                #expect((1...lineCount).contains(problem.location.line))
            } catch let error as TemplateError {
                failed += 1
                #expect(error.location.file == "p" || (1...lineCount).contains(error.location.line))
            }
        }
        #expect(rendered > 1_000 && refused > 1_000 && failed > 500)
    }
}
