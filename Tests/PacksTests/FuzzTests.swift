import Base
import Handlers
import Packs
import ShopTesting
import Storefront
import Testing

/// Random damage: whatever comes in, the loader answers with problems or a pack and never crashes.
struct FuzzTests {
    private static let alphabet = Array(#"{}[]",:\abcdeGET /0123456789.-+e|<>=!?'()$_é"#.utf8)

    private static func mutate(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = alphabet.randomElement(using: &random)!
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(alphabet.randomElement(using: &random)!, at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...30, using: &random)))
            default:
                let other = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[other..<min(bytes.count, other + 20)], at: place)
            }
            if bytes.isEmpty { return [0] }
        }
        return bytes
    }

    /// Replaces one value of a document, keeping it valid JSON: this reaches the checks behind the parser.
    private static func transplant(_ text: String, _ random: inout SeededRandom) throws -> [UInt8] {
        var count = 0
        func size(_ value: Value) {
            count += 1
            value.elements?.forEach(size)
            value.fields?.values.forEach(size)
        }
        let root = try Value.parse(json: text.utf8)
        size(root)
        let target = Int.random(in: 0..<count, using: &random)
        let odd: [Value] = [
            .null, true, -1, 1e300, 0.5, "", "{x", "GET /", [], ["a", 1], .object([:]), .object(["do": "respond"]), .object(["$option": "x"]),
        ]
        let replacement = odd.randomElement(using: &random)!
        var position = -1
        func replaced(_ value: Value) -> Value {
            position += 1
            if position == target { return replacement }
            if let elements = value.elements { return .list(elements.map(replaced)) }
            if let fields = value.fields { return .record(Record(zip(fields.layout.names, fields.values.map(replaced)).map { ($0, $1) })) }
            return value
        }
        return replaced(root).jsonBytes()
    }

    @Test func `damaged packs give problems with a place, or a pack`() throws {
        var random = SeededRandom(seed: 7)
        let paths = TestPack.base.keys.sorted()
        var refused = 0
        for round in 0..<1_500 {
            let path = paths.randomElement(using: &random)!
            var contents = TestPack().packFiles.contents
            let text = TestPack.base[path]!
            contents[path] = round.isMultiple(of: 2) || !path.hasSuffix(".json") ? Self.mutate(text, &random) : try Self.transplant(text, &random)
            do {
                _ = try PreparedPack(PackFiles(origin: "kiosk", contents: contents), handlers: .builtIn)
            } catch {
                refused += 1
                #expect(!error.list.isEmpty)
                #expect(error.list.allSatisfy { $0.location.file.hasPrefix("kiosk/") && $0.location.line >= 1 && !$0.message.isEmpty }, "\(error)")
            }
        }
        #expect(refused > 700)
        #expect(refused < 1_500)
    }

    @Test func `an overlay of any patch over any wiring ends with data`() throws {
        var random = SeededRandom(seed: 8)
        let sources = TestPack.base.filter { $0.key.hasSuffix(".json") }.sorted { $0.key < $1.key }.map(\.value)
        for _ in 0..<1_500 {
            let base = try JSONNode.parse(try Self.transplant(sources.randomElement(using: &random)!, &random), file: "base")
            let patch = try JSONNode.parse(try Self.transplant(sources.randomElement(using: &random)!, &random), file: "patch")
            let diagnostics = Diagnostics()
            let result = Overlay.apply(patch, to: base, reporting: diagnostics)
            let printed = SourcePrinter.print(result).text
            #expect(try JSONNode.parse(printed.utf8, file: "result").value == result.value)
            if diagnostics.problems.isEmpty, patch.members != nil {
                let twice = Overlay.apply(JSONNode(.object([]), at: patch.location), to: result, reporting: diagnostics)
                #expect(twice.value == result.value)
            }
        }
    }
}
