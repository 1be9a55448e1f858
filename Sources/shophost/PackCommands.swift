import Base
import Foundation
import Handlers
import Host
import Load
import Objectives
import Packs
import Proving
import Storefront
import Synthetics

/// Commands that look at packs and operations; no host needed.
enum PackCommands {
    static func packs(_ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        try arguments.end()
        let packs = try PackLibrary.builtInNames.map { try PackLoader.load(PackLibrary.files($0)) }
        if asJSON {
            let list = packs.map { pack in
                Value.object([
                    "name": .string(pack.name), "title": .string(pack.title), "description": .string(pack.description),
                    "states": .list(pack.states.map { .string($0.name) }), "faults": .list(pack.faults.map { .string($0.name) }),
                ])
            }
            Terminal.print(Value.list(list).json(.pretty))
            return 0
        }
        for pack in packs {
            Terminal.print("\(Terminal.bold(pack.name))  \(pack.title): \(pack.description)\n")
            Terminal.print("  services: \(pack.services.joined(separator: ", "))\n  \(pack.faults.count) faults, states:\n")
            Terminal.print(Terminal.table(pack.states.map { ["    " + $0.name, $0.title + ($0.load.map { "  (shophost load --journey \($0))" } ?? "")] }))
            if !pack.journeys.isEmpty { Terminal.print("  journeys: \(PackJourneys.files(of: pack.files, services: nil).map(\.name).joined(separator: ", "))\n") }
        }
        return 0
    }

    static func handlers(_ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        let wanted = try arguments.takeOptionalWord()
        try arguments.end()
        let registry = HandlerRegistry.builtIn
        let operations = registry.handlers.flatMap(\.operations)
        if let wanted, !registry.handlers.contains(where: { $0.name == wanted }), !operations.contains(where: { $0.name == wanted }) {
            throw UsageError("there is no handler or operation \"\(wanted)\"" + suggestion(for: wanted, among: registry.handlers.map(\.name) + operations.map(\.name)))
        }
        if asJSON {
            Terminal.print(HandlerReport.json(registry).json(.pretty))
        } else {
            Terminal.print(HandlerReport.text(registry, only: wanted))
        }
        return 0
    }

    static func validate(_ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        let name = try arguments.takeWord("the pack's folder")
        try arguments.end()
        let files = try PackLibrary.files(ofPackOrFolder: name)
        do {
            let pack = try checked(files)
            if asJSON { Terminal.print("[]\n"); return 0 }
            Terminal.print("\(files.origin): no mistakes (\(pack.services.count) services, \(pack.faults.count) faults, \(pack.states.count) states)\n")
            return 0
        } catch let error as Problems {
            guard asJSON else { throw error }
            let list = error.list.map { problem in
                Value.object([
                    "file": .string(problem.location.file), "line": .int(problem.location.line), "column": .int(problem.location.column),
                    "pointer": .string(problem.pointer), "message": .string(problem.message),
                ])
            }
            Terminal.print(Value.list(list).json(.pretty))
            return 65
        }
    }

    /// The pack with its probes, labs, objectives and journeys.
    ///
    /// - Throws: All mistakes, in that order.
    private static func checked(_ files: PackFiles) throws -> Pack {
        var problems: [Problem] = []
        var pack: Pack?
        do throws(Problems) {
            let prepared = try PreparedPack(files, handlers: .builtIn)
            pack = prepared.pack
            try check(try Grader(prepared: prepared), files)
            _ = try LabReader.labs(of: prepared.pack)
            _ = try Manifest.read(prepared.pack.slos.map { (name: files.displayPath($0.name), text: $0.text) })
        } catch {
            problems = error.list
        }
        let journeys = Diagnostics()
        for file in PackJourneys.files(of: files, services: pack.map { $0.services + $0.aliases.map(\.alias) } ?? names(in: files)) { file.read(reporting: journeys) }
        do throws(Problems) { try journeys.check() } catch { problems += error.list }
        guard let pack, problems.isEmpty else { throw Problems(problems) }
        return pack
    }

    /// Services and short names as the manifest has them, for a pack that has mistakes elsewhere; nil when the manifest cannot be read.
    private static func names(in files: PackFiles) -> [String]? {
        guard let text = files.contents["pack.json"], let manifest = try? JSONNode.parse(text, file: "pack.json") else { return nil }
        return manifest["services"]?.array.map { $0.compactMap(\.string) + (manifest["aliases"]?.members ?? []).map(\.name) }
    }

    /// - Throws: The mistakes in the probes; that they could not be asked is told as one of the pack.
    private static func check(_ probes: Grader, _ files: PackFiles) throws(Problems) {
        do { try probes.checkProbes() } catch let problems as Problems { throw problems } catch {
            throw Problems([Problem("the probes could not be asked: \(error)", at: SourceLocation(file: files.displayPath("pack.json"), line: 1, column: 1))])
        }
    }

    static func schemas(_ arguments: inout Arguments) throws -> Int32 {
        let folder = try arguments.takeWord("the folder to write to")
        try arguments.end()
        for (name, schema) in SchemaWriter.all(.builtIn) + [(name: ProbeSchema.fileName, schema: ProbeSchema.document), (name: JourneySchema.fileName, schema: JourneySchema.value), (name: LabSchema.fileName, schema: LabSchema.document)] {
            let path = folder + "/" + name
            guard FileManager.default.createFile(atPath: path, contents: Data(schema.jsonBytes(.pretty))) else { throw SystemError(call: "writing \(path)") }
            Terminal.print(path + "\n")
        }
        return 0
    }
}
