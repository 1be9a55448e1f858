import Base
import Database
import HTTP
import Packs
import Telemetry

/// A pack made ready for running shops: checked against the handlers, its databases prepared. Made once, used for every shop and switch.
public struct PreparedPack: Sendable {
    public let pack: Pack
    public let handlers: HandlerRegistry
    let images: [SQLiteImage]

    /// - Parameter checksEverything: Compiles base wiring, every fault and every state, so that nothing is left to go wrong later. Packs
    ///   that are built into the program were checked when it was tested; for them starting fast matters more.
    /// - Throws: `Problems` with every mistake found.
    public init(_ files: PackFiles, handlers: HandlerRegistry, checksEverything: Bool = true) throws(Problems) {
        let diagnostics = Diagnostics()
        let pack = PackLoader(files, reporting: diagnostics).load()
        // Without services and tables every step would seem to be wrong.
        let essential = ["pack.json", "data/tables.json"].map(files.displayPath)
        if diagnostics.problems.contains(where: { essential.contains($0.location.file) }) { try diagnostics.check() }
        if checksEverything {
            PackChecker(pack: pack, handlers: handlers).check(reporting: diagnostics)
            try diagnostics.check()
        }
        self.pack = pack
        self.handlers = handlers
        let place = SourceLocation(file: files.displayPath("data/tables.json"), line: 1, column: 1)
        do {
            images = try pack.databases.map { try SQLiteImage(schema: $0.schema, seeds: $0.seeds) }
        } catch {
            throw Problems([Problem("the seed rows do not fit the tables: \(error)", at: place)])
        }
    }
}

/// Compiles what a running shop would compile, to find mistakes before anything runs.
struct PackChecker {
    let pack: Pack
    let handlers: HandlerRegistry

    func check(reporting diagnostics: Diagnostics) {
        let surroundings = WiringCompiler.Surroundings(pack: pack, handlers: handlers, environment: pack.environment)
        for service in pack.services {
            guard let node = pack.wiring[service] else { continue }
            compile(node, service, diagnostics, surroundings)
        }
        do { _ = try ViewStore(pack.files) } catch { for problem in error.list { diagnostics.report(problem) } }
        // A broken base would repeat its mistakes under every fault.
        guard diagnostics.problems.isEmpty else { return }
        for fault in pack.faults { check(fault, diagnostics, surroundings) }
        guard diagnostics.problems.isEmpty else { return }
        var faultless: Set<String> = []
        for state in pack.states { check(state, diagnostics, surroundings, &faultless) }
    }

    private func check(_ fault: FaultDefinition, _ diagnostics: Diagnostics, _ surroundings: WiringCompiler.Surroundings) {
        let found = Diagnostics()
        let change = (try? fault.change(with: [:])) ?? fault.change
        let pointer = "/" + fault.name.pointerToken
        for (service, patch) in change.patches { check(patch, of: service, pointer: pointer + "/patch/" + service.pointerToken, found, surroundings) }
        for canary in change.canaries { check(canary.patch, of: canary.service, pointer: pointer + "/canary/patch", found, surroundings) }
        diagnostics.report(found, saying: "with the fault \"\(fault.name)\" on: ")
    }

    private func check(_ patch: JSONNode, of service: String, pointer: String, _ diagnostics: Diagnostics, _ surroundings: WiringCompiler.Surroundings) {
        guard let base = pack.wiring[service] else { return }
        compile(Overlay.apply(patch, to: base, reporting: diagnostics, pointer: pointer), service, diagnostics, surroundings)
    }

    /// - Parameter faultless: Services with the origins of wirings in which nothing was wrong; most states share most of them.
    private func check(
        _ state: StateDefinition, _ diagnostics: Diagnostics, _ surroundings: WiringCompiler.Surroundings, _ faultless: inout Set<String>
    ) {
        let found = Diagnostics()
        do {
            let wiring = try Wiring(pack, state: state, faults: state.faults.map { ActiveFault(name: $0) })
            for service in pack.services {
                for version in wiring.versions[service] ?? [] where !faultless.contains("\(service): \(version.origin)") {
                    let count = found.problems.count
                    compile(version.wiring, service, found, surroundings)
                    if found.problems.count == count { faultless.insert("\(service): \(version.origin)") }
                }
            }
        } catch {
            for problem in error.list { found.report(problem) }
        }
        diagnostics.report(found, saying: "in the state \"\(state.name)\": ")
    }

    private func compile(_ wiring: JSONNode, _ service: String, _ diagnostics: Diagnostics, _ surroundings: WiringCompiler.Surroundings) {
        _ = ServiceCompiler(service: service, wiring: wiring, surroundings: surroundings, reporting: diagnostics).compile()
    }
}

extension Pack.DatabaseDefinition {
    var schema: DatabaseSchema {
        DatabaseSchema(
            tables: tables.map { table in
                DatabaseSchema.Table(
                    table.name,
                    table.columns.map { column in
                        DatabaseSchema.Column(
                            column.name, column.kind.schemaType, isPrimaryKey: column.kind == .id, isNullable: column.isNullable, isUnique: column.isUnique,
                            references: column.references)
                    })
            }, indexes: tables.flatMap { table in table.indexes.map { DatabaseSchema.Index($0.name, on: table.name, $0.columns) } })
    }

    var seeds: [SeedTable] {
        tables.map { table in
            let layout = Layout(table.rowColumns)
            return SeedTable(table.name, table.rows.map { Record(layout: layout, values: $0) })
        }
    }
}

extension Pack.Column.Kind {
    var schemaType: DatabaseSchema.ColumnType {
        switch self {
        case .id, .integer: .integer
        case .real: .real
        case .text: .text
        case .boolean: .boolean
        case .blob: .blob
        }
    }
}

extension ShopCore {
    /// Makes a shop of a pack in a state, with fresh data. Runs on the loop.
    ///
    /// - Parameters:
    ///   - faults: Those that are on; the state's own when nil.
    ///   - submission: Deployed from the first moment on.
    /// - Throws: `Refusal` for an unknown state, service or view, `Problems`, `DatabaseError`.
    public static func make(
        _ prepared: PreparedPack, state name: String, configuration: ShopConfiguration, on loop: EventLoop, client: Client? = nil,
        pageProcessor: (any PageProcessor)? = nil, faults: [ActiveFault]? = nil, submission: Submission = Submission()
    ) async throws -> ShopCore {
        let pack = prepared.pack
        guard let state = pack.state(named: name) else {
            throw Refusal("the pack \"\(pack.name)\" has no state \"\(name)\"" + suggestion(for: name, among: pack.stateNames))
        }
        let world = configuration.seed.map { World(loop: loop, seed: $0) } ?? (loop.isVirtual ? World(loop: loop, seed: 1) : World.real(loop: loop))
        var databases: [any Database] = []
        for (definition, image) in zip(pack.databases, prepared.images) {
            databases.append(try await database(definition, image, pack, configuration, loop))
        }
        let recorder = Recorder(level: configuration.instrumentation ?? state.instrumentation, hasReaders: configuration.keepsTelemetry)
        let core = try ShopCore(
            pack: pack, handlers: prepared.handlers, world: world, configuration: configuration, recorder: recorder, databases: databases,
            pageProcessor: pageProcessor, stateName: state.name, client: client)
        core.hasRUM = state.hasRUM
        recorder.sharedLabels = ["env": core.environment]
        core.setServices(
            pack.services.map { service in
                let node = pack.wiring[service]!
                return ServiceRuntime(
                    name: service, host: node["host"]?.string ?? service, port: configuration.ports[service] ?? node["port"]?.value.integer ?? 0, wiring: node)
            })
        try core.apply(faults ?? state.faults.map { ActiveFault(name: $0) }, edited: try core.versions(of: submission), announcing: nil)
        for view in submission.views { try core.deployView(Array(view.text.utf8), as: view.name) }
        try await core.adjustDatabases()
        return core
    }

    private static func database(
        _ definition: Pack.DatabaseDefinition, _ image: SQLiteImage, _ pack: Pack, _ configuration: ShopConfiguration, _ loop: EventLoop
    ) async throws -> any Database {
        let limits = pack.wiring.values.filter { $0["database"]?.string == definition.name }.compactMap { $0["connections"]?.value.integer }
        let options = DatabaseOptions(poolLimit: max(1, limits.max() ?? 25))
        if definition.isShared, let url = configuration.databaseURL {
            let shared = configuration.databaseSchema
            let name = shared.map { "\($0)_\(pack.name)_\(definition.name)" } ?? "\(pack.name)_\(definition.name)_\(configuration.shopName)"
            let database = PostgresDatabase(url: url, schemaName: name, schema: definition.schema, loop: loop, options: options)
            if shared == nil { try await database.build(seeds: definition.seeds) } else { try await database.join(seeds: definition.seeds) }
            return database
        }
        guard let folder = configuration.dataDirectory else { return try SQLiteDatabase(image: image, loop: loop, options: options) }
        return try await SQLiteDatabase(path: "\(folder)/\(pack.name)-\(definition.name).sqlite", image: image, loop: loop, options: options)
    }
}
