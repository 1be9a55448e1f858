import Base
import Testing

@testable import Synthetics

@Suite struct FuzzTests {
    static let seeds = [
        definition(config: #","configVariables":[{"name":"A","type":"text","pattern":"{{ numeric(3) }}","secure":true}]"#),
        multistep([
            step(
                "a", "POST", "http://h/",
                more:
                    #","extractedValues":[{"name":"I","type":"http_body","parser":{"type":"json_path","value":"$..a[?(@.b=='c')]"}}],"retry":{"count":1,"interval":2}"#
            ), #"{"name":"w","subtype":"wait","value":3}"#,
        ]),
        #"{"tests":[{"id":"abc-def-ghi"},{"localTestDefinition":\#(definition()),"testOverrides":{"retry":{"count":1}}}]}"#,
        definition(assertions: "[" + AssertionTests.rows.map(\.assertion).joined(separator: ",") + "]"),
    ]
    static let tokens = ["{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e308", "true", "\\u0000", "{{", "}}", "$", "[?(", "..", "(", "*", "é"]
        .map { Array($0.utf8) }

    @Test(arguments: 0..<4)
    func `a damaged file is read or refused with its place, never worse`(seed: Int) {
        let original = Array(Self.seeds[seed].utf8)
        var random = SeededRandom(seed: UInt64(seed))
        var refused = 0
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...20, using: &random)))
                case 2: bytes.insert(contentsOf: Self.tokens.randomElement(using: &random)!, at: position)
                default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 30)], at: position)
                }
                if bytes.isEmpty { bytes = original }
            }
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
}
