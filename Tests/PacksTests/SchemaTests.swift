import Base
import Foundation
import Handlers
import Load
import ShopTesting
import Storefront
import Testing

struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Packs").standardized.path()

    @Test func `the schemas beside the packs are those that the program writes`() throws {
        for (name, schema) in SchemaWriter.all(.builtIn) + [(JourneySchema.fileName, JourneySchema.value)] {
            let written = try #require(FileManager.default.contents(atPath: "\(Self.folder)/\(name)"), "run: shophost schemas Packs")
            #expect(String(decoding: written, as: UTF8.self) == schema.json(.pretty), "\(name) is out of date; run: shophost schemas Packs")
        }
    }

    @Test func `the service schema knows every operation and every option`() throws {
        let schema = try #require(SchemaWriter.all(.builtIn).first { $0.name == "service.schema.json" }?.schema)
        let steps = try #require(schema["$defs"]?["steps"]?["items"]?["oneOf"]?.elements)
        let names = steps.compactMap { $0["properties"]?["do"]?["const"]?.text }
        #expect(names.sorted() == HandlerRegistry.builtIn.operationNames.sorted())
        for (step, name) in zip(steps, names) {
            let declaration = try #require(HandlerRegistry.builtIn.declaration(of: name))
            let properties = try #require(step["properties"]?.fields)
            for option in declaration.options { #expect(properties[option.name] != nil, "\(name).\(option.name)") }
        }
    }

    private static let hasValidator = run("import jsonschema", []).status == 0

    /// Python's jsonschema as an independent judge.
    @Test(.enabled(if: hasValidator, "needs Python's jsonschema: pip install jsonschema"))
    func `an independent validator accepts good files and refuses broken ones`() throws {
        let script = """
            import json, os, sys
            from jsonschema import Draft202012Validator
            folder, files = sys.argv[1], json.load(sys.stdin)
            names = {"pack.json": "pack", "faults.json": "faults", "states.json": "states", "data/tables.json": "tables"}
            for path in sorted(files):
                kind = names.get(path) or {"services": "service", "data": "rows", "probes": "probes", "load": "load"}.get(path.split("/")[0])
                if kind is None: continue
                schema = json.load(open(os.path.join(folder, kind + ".schema.json")))
                Draft202012Validator.check_schema(schema)
                try: document = json.loads(files[path])
                except ValueError: continue
                for error in Draft202012Validator(schema).iter_errors(document):
                    print(path, "/".join(map(str, error.absolute_path)))
            """
        func mistakes(_ files: [String: String]) -> [String] {
            let input = Value.record(Record(files.map { ($0.key, .string($0.value)) })).jsonBytes()
            let result = Self.run(script, [Self.folder], input: input)
            #expect(result.status == 0, "\(result.output)")
            return result.output.split(separator: "\n").map(String.init)
        }
        #expect(mistakes(TestPack.base) == [])
        for files in try PackFilesText.all(below: Self.folder) { #expect(mistakes(files) == []) }
        let wrong = TestPack(steps: #"{ "do": "sleep", "forMilliseconds": "long" }, { "do": "respond", "txt": "x" }"#)
        #expect(mistakes(["services/shop.json": wrong.files["services/shop.json"]!]).map { $0.prefix(18) } == ["services/shop.json"])
        #expect(mistakes(["pack.json": #"{ "name": 5 }"#]).count == 5)
        let journeys = try Self.fixtures("load-journeys")
        #expect(journeys.count >= 5)
        #expect(mistakes(journeys) == [])
        // What the schema can know: misspelt variables and services are the reader's business.
        for (path, text) in try Self.fixtures("broken-journeys") where !["01", "07", "11", "12"].contains(where: { path.contains("load/\($0)-") }) {
            #expect(!mistakes([path: text]).isEmpty, "\(path)")
        }
    }

    /// Journeys of a folder of `Fixtures`, as if they were a pack's.
    private static func fixtures(_ name: String) throws -> [String: String] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/\(name)").standardized.path()
        var files: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".json") {
            files["load/" + file] = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
        }
        return files
    }

    private static func run(_ script: String, _ arguments: [String], input: [UInt8] = []) -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-W", "ignore", "-c", script] + arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stdout)
        guard (try? process.run()) != nil else { return (-1, "python3 is missing") }
        stdin.fileHandleForWriting.write(Data(input))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// JSON files of the packs that the program brings along, checks left out: those have a format of their own.
enum PackFilesText {
    static func all(below folder: String) throws -> [[String: String]] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/pack.json") }
            .map { try json("\(folder)/\($0)") }
    }

    private static func json(_ folder: String) throws -> [String: String] {
        var files: [String: String] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder)! where path.hasSuffix(".json") && !path.hasPrefix("checks") {
            files[path] = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
        }
        return files
    }
}
