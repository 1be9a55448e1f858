import Base
import Packs
import ShopTesting
import Testing

struct SourcePrinterTests {
    @Test func `printing, reading and printing again gives the same text`() throws {
        for (path, text) in TestPack.base where path.hasPrefix("services/") {
            let first = SourcePrinter.print(try JSONNode.parse(text.utf8, file: path))
            let second = SourcePrinter.print(try JSONNode.parse(first.text.utf8, file: path))
            #expect(first.text == second.text)
            #expect(first.lines == second.lines)
        }
    }

    @Test func `line numbers are those where the values stand`() throws {
        let text = TestPack.base["services/shop.json"]!
        let source = SourcePrinter.print(try JSONNode.parse(text.utf8, file: "shop.json"))
        let again = try JSONNode.parse(source.text.utf8, file: "shop.json")
        func compare(_ node: JSONNode, _ pointer: String) {
            if node.members != nil || node.array != nil { #expect(source.lines[pointer] == node.location.line, "\(pointer)") }
            for member in node.members ?? [] { compare(member.value, pointer + "/" + member.name.pointerToken) }
            for (index, element) in (node.array ?? []).enumerated() { compare(element, pointer + "/\(index)") }
        }
        compare(again, "")
        #expect(source.lines["/routes/GET ~1products~1{id:integer}/1"] == 12)
    }

    @Test func `a document looks like this`() throws {
        let node = try JSONNode.parse(
            #"{"version":"1.0","headers":{"Server":"é\n"},"none":{},"numbers":[1,2.5,1e300,null,true],"routes":{"GET /":[{"do":"when","then":[{"do":"respond","text":"ok"}]}],"GET /none":[]}}"#
                .utf8,
            file: "x")
        #expect(
            SourcePrinter.print(node).text == """
                {
                  "version": "1.0",
                  "headers": { "Server": "é\\n" },
                  "none": {},
                  "numbers": [1, 2.5, 1e+300, null, true],
                  "routes": {
                    "GET /": [
                      { "do": "when", "then": [{ "do": "respond", "text": "ok" }] }
                    ],
                    "GET /none": []
                  }
                }

                """)
    }

    @Test func `what does not fit on a line is opened up`() throws {
        let long = String(repeating: "x", count: 150)
        let node = try JSONNode.parse(#"{"routes":{"GET /":[{"do":"log","text":"\#(long)"}]}}"#.utf8, file: "x")
        let source = SourcePrinter.print(node)
        #expect(source.text.contains("      {\n        \"do\": \"log\",\n        \"text\": \"\(long)\"\n      }\n"))
        #expect(source.lines["/routes/GET ~1/0"] == 4)
    }

    @Test func `random documents survive printing`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            let value = Self.value(&random, depth: 0)
            let node = JSONNode(value: value, at: SourceLocation(file: "x", line: 1, column: 1))
            let source = SourcePrinter.print(node)
            let again = try JSONNode.parse(source.text.utf8, file: "x")
            #expect(again.value == value)
            #expect(SourcePrinter.print(again).text == source.text)
        }
    }

    private static func value(_ random: inout SeededRandom, depth: Int) -> Value {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int.random(in: -1_000...1_000_000, using: &random))
        case 3: .double(random.fraction() * 1e6)
        case 4: .string(String((0..<Int.random(in: 0..<60, using: &random)).map { _ in "aé\"\\\n{}~/ ".randomElement(using: &random)! }))
        case 5: .list((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default: .record(Record((0..<Int.random(in: 0..<5, using: &random)).map { ("k\($0)/~", value(&random, depth: depth + 1)) }))
        }
    }
}
