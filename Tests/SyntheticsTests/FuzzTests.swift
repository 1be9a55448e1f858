import Base
import Testing

@testable import Synthetics

@Suite(.timeLimit(.minutes(2))) struct FuzzTests {
    static let seeds = [
        definition(config: #","configVariables":[{"name":"A","type":"text","pattern":"{{ numeric(3) }}","secure":true}]"#),
        multistep([
            step(
                "a", "POST", "http://h/",
                more:
                    #","extractedValues":[{"name":"I","type":"http_body","parser":{"type":"json_path","value":"$..a[?(@.b=='c')]"}}],"retry":{"count":1,"interval":2}"#
            ), #"{"name":"w","subtype":"wait","value":3}"#, RunnerTests.play("abc-def-ghi"),
            #"{"name":"s","subtype":"ssl","request":{"host":"h","port":"443"},"assertions":[{"type":"certificate","operator":"isInMoreThan","target":10}]}"#,
        ]),
        #"{"tests":[{"id":"abc-def-ghi"},{"localTestDefinition":\#(definition()),"testOverrides":{"retry":{"count":1},"cookies":{"value":"a","append":true},"startUrlSubstitutionRegex":"(a)|$1"}}]}"#,
        definition(assertions: "[" + assertions.map(\.assertion).joined(separator: ",") + "]"),
        TCPAndDNSTests.tcp(#"{"type":"connection","operator":"is","target":"refused"}"#),
        TCPAndDNSTests.dns(#"{"type":"recordSome","property":"A","operator":"matches","target":"^1"}"#),
        CheckFileTests.requesting(
            #""bodyType":"multipart/form-data","form":{"a":"b"},"files":[{"name":"f","content":"AAEC","encoding":"base64"}],"basicAuth":{"type":"digest","username":"u"},"certificate":{"cert":{"content":"c"},"key":{"content":"k"}},"proxy":{"url":"http://p"}"#
        ),
    ]
    static let assertions =
        AssertionTests.statusAndTime + AssertionTests.headers + AssertionTests.texts + AssertionTests.jsonPaths + AssertionTests.schemas
        + [AssertionRow(AssertionRow.xPath("//a[@b='c']/d", "contains", "\"x\""), true)]
    static let tokens = [
        "{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e308", "true", "\\u0000", "{{", "}}", "$", "[?(", "..", "(", "*", "é", "//", "(?:", "|", "\\\\Q",
    ].map { Array($0.utf8) }

    static func damaged(_ original: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...20, using: &random)))
            case 2: bytes.insert(contentsOf: tokens.randomElement(using: &random)!, at: position)
            default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 30)], at: position)
            }
            if bytes.isEmpty { bytes = original }
        }
        return bytes
    }

    @Test(arguments: 0..<7)
    func `a damaged file is read or refused with its place, never worse`(seed: Int) {
        let original = Array(Self.seeds[seed].utf8)
        var random = SeededRandom(seed: UInt64(seed))
        var refused = 0
        for _ in 0..<400 {
            let bytes = Self.damaged(original, &random)
            do throws(Problems) { _ = try CheckFile.read(bytes, file: "f") } catch {
                refused += 1
                #expect(!error.list.isEmpty && error.list.allSatisfy { $0.location.line >= 1 && $0.location.column >= 1 && !$0.message.isEmpty })
            }
        }
        #expect(refused > 100)
    }

    @Test func `the undamaged files are read`() throws {
        for seed in Self.seeds { #expect(try !CheckFile.read(seed.utf8, file: "f").isEmpty) }
    }

    @Test func `deep and long files end`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Problems.self) { try CheckFile.read(deep.utf8, file: "f") }
        let many = "[" + Array(repeating: definition(), count: 2_000).joined(separator: ",") + "]"
        #expect(throws: Never.self) { try CheckFile.read(many.utf8, file: "f") }
        let schema = Value.string(String(repeating: #"{"not":"#, count: 400) + "true" + String(repeating: "}", count: 400)).json()
        let assertion = #"{"type":"body","operator":"validatesJSONSchema","target":{"jsonSchema":\#(schema)}}"#
        _ = try? CheckFile.read(definition(assertions: "[\(assertion)]").utf8, file: "f")
    }

    @Test func `a damaged configuration is read or refused`() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<400 {
            let bytes = Self.damaged(Array(SettingsTests.everything.utf8), &random)
            do throws(Problems) { _ = try ConfigurationFile.read(bytes, file: "c") } catch { #expect(!error.list.isEmpty) }
        }
    }

    @Test func `damaged checks run to an end, whatever the answer`() throws {
        var random = SeededRandom(seed: 12)
        let answers: [ScriptedTransport.Answer] = [
            AssertionTests.answer, .ok(XPathTests.page), .ok(""), .failure(.connectionReset), .ok(String(repeating: "{\"a\":", count: 200)),
        ]
        for round in 0..<200 {
            let json = String(decoding: Self.damaged(Array(Self.seeds[round % Self.seeds.count].utf8), &random), as: UTF8.self)
            guard let entries = try? CheckFile.read(json.utf8, file: "f") else { continue }
            let keys = ["GET http://h/", "POST http://h/", "CONNECT h:443", "CONNECT h:5432", "LOOKUP example.org"]
            let answer = answers[round % answers.count]
            let (results, _, _) = try run(json, Dictionary(uniqueKeysWithValues: keys.map { ($0, [answer]) }))
            #expect(results.count == entries.count)
            let report = RunReport(results: results, duration: .zero)
            #expect(!JUnitReport.xml(report).isEmpty && !ConsoleReport(usesColour: true).text(report).isEmpty)
        }
    }

    @Test func `damaged messages of a DNS server yield what can be read of them`() {
        // A question for example.org and two answers: an address, and a text of two pieces.
        let name: [UInt8] = [7] + Array("example".utf8) + [3] + Array("org".utf8) + [0]
        let head: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
        let message = head + name + [0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 6, 2, 65, 66, 2, 67, 68]
        #expect(DNSAnswer(message[...])?.records(.a) == ["192.0.2.1"])
        #expect(DNSAnswer(message[...])?.records(.txt) == ["ABCD"])
        var random = SeededRandom(seed: 13)
        for _ in 0..<2_000 {
            let bytes = Self.damaged(message, &random)
            for type in RecordType.allCases { _ = DNSAnswer(bytes[...])?.records(type) }
        }
    }
}
