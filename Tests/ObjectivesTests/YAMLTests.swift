import Base
import Testing

@testable import Objectives

@Suite struct YAMLTests {
    static func one(_ text: String) throws -> Value { try #require(YAMLReader.documents(Array(text.utf8), file: "a.yaml").first).value }

    @Test(arguments: [
        ("a: 1", #"{"a":1}"#), ("a: 1.5", #"{"a":1.5}"#), ("a: '1'", #"{"a":"1"}"#), ("a: \"true\"", #"{"a":"true"}"#), ("a: yes", #"{"a":"yes"}"#),
        ("a: ~", #"{"a":null}"#), ("a:", #"{"a":null}"#), ("a: 5m0s", #"{"a":"5m0s"}"#), ("a: -3", #"{"a":-3}"#), ("a: 0x1F", #"{"a":"0x1F"}"#),
        ("a: .5", #"{"a":0.5}"#), ("a: .", #"{"a":"."}"#), ("a: 1e3", #"{"a":1000.0}"#), ("a: .inf", #"{"a":".inf"}"#), ("[1, {b: c}]", #"[1,{"b":"c"}]"#),
        ("a: |\n  x\n  y\n", #"{"a":"x\ny\n"}"#), ("a: &x {k: 1}\nb: *x", #"{"a":{"k":1},"b":{"k":1}}"#), ("é: ü", #"{"é":"ü"}"#),
    ])
    func `values are read as they were meant`(text: String, json: String) throws {
        #expect(try Self.one(text) == Value.parse(json: json.utf8))
    }

    @Test func `documents of a stream keep their order and empty ones are left out`() throws {
        let documents = try YAMLReader.documents(Array("---\na: 1\n---\n---\nb: 2\n...\n".utf8), file: "a.yaml")
        #expect(documents.map { $0.members?.first?.name } == ["a", "b"])
        #expect(documents[1].location.line == 5)
        #expect(documents[1]["b"]?.location == SourceLocation(file: "a.yaml", line: 5, column: 4))
    }

    @Test(arguments: [
        ("a: [1", "a.yaml:2:1", "did not find expected"), ("a: 1\na: 2", "a.yaml:2:1", "\"a\" appears twice"), ("a: *b", "a.yaml:1:4", "no anchor"),
        ("? [1]\n: 2", "a.yaml:1:3", "must be plain text"), ("\ta: 1", "a.yaml:1:1", "cannot start"),
        (String(repeating: "[", count: 200), "a.yaml:1:102", "levels deep"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*d,*d,*d,*d]\n", "a.yaml:6", "more than 100000 values"),
    ])
    func `what is not YAML is told with its place`(text: String, place: String, message: String) {
        let problem = #expect(throws: Problem.self) { try YAMLReader.documents(Array(text.utf8), file: "a.yaml") }
        #expect(problem?.description.hasPrefix(place) == true && problem?.description.contains(message) == true, "\(problem?.description ?? "")")
    }

    @Test(arguments: ["true", "1", "1.5", "null", "~", "", "a: b", "- x", "#", "é", "two\nlines", "it's", "\"q\"", "{x", "5m0s", " space ", "sum:a{b:c}.as_count()"])
    func `what is written is read back`(text: String) throws {
        let value = Value.object(["k": .string(text), "list": .list([.string(text), .int(3), .double(0.5), .bool(true), .null]), "empty": .list([])])
        #expect(try Self.one(YAMLWriter.text([value])) == value)
    }
}
