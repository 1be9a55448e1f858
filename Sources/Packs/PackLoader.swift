import Base
import Telemetry

/// Reads a pack's files into a `Pack`, collecting every mistake.
public struct PackLoader {
    private let files: PackFiles
    private let diagnostics: Diagnostics

    /// - Parameter diagnostics: Where mistakes go; call `check()` on it when everything that can be checked was checked.
    public init(_ files: PackFiles, reporting diagnostics: Diagnostics) {
        self.files = files
        self.diagnostics = diagnostics
    }

    /// Loads the pack, or throws all mistakes found in it.
    public static func load(_ files: PackFiles) throws(Problems) -> Pack {
        let diagnostics = Diagnostics()
        let pack = PackLoader(files, reporting: diagnostics).load()
        try diagnostics.check()
        return pack
    }

    public func load() -> Pack {
        guard let manifest = document("pack.json") else { return unreadable }
        _ = diagnostics.members(of: manifest, pointer: "", known: Self.manifestKeys)
        let services = diagnostics.strings("services", in: manifest, pointer: "", required: true)
        var wiring: [String: JSONNode] = [:]
        for (index, service) in services.enumerated() {
            let path = "services/\(service).json"
            if services[..<index].contains(service) {
                let place = manifest["services"]?.array?[index].location ?? manifest.location
                diagnostics.report("the service \"\(service)\" stands twice in the list", at: place, pointer: "/services/\(index)")
                continue
            }
            guard files.contents[path] != nil else {
                let known = files.paths(under: "services", suffix: ".json").map { String($0.dropFirst(9).dropLast(5)) }
                let place = manifest["services"]?.array?[index].location ?? manifest.location
                diagnostics.report("there is no file \(path)" + suggestion(for: service, among: known), at: place, pointer: "/services/\(index)")
                continue
            }
            if let node = document(path) { wiring[service] = node }
        }
        let entry = diagnostics.string("entry", in: manifest, pointer: "", required: true) ?? ""
        if !entry.isEmpty, !services.isEmpty, !services.contains(entry) {
            diagnostics.report(
                "the entry \"\(entry)\" is not one of the services" + suggestion(for: entry, among: services), at: manifest["entry"]!.location, pointer: "/entry")
        }
        let faults = loadFaults(services: services)
        let name = diagnostics.string("name", in: manifest, pointer: "", required: true)
        if let name { diagnostics.checkName(name, at: manifest["name"]!.location, pointer: "/name") }
        return Pack(
            name: name ?? "",
            title: diagnostics.string("title", in: manifest, pointer: "", required: true) ?? "",
            description: diagnostics.string("description", in: manifest, pointer: "", required: true) ?? "",
            environment: diagnostics.string("environment", in: manifest, pointer: "") ?? "",
            services: services, entry: entry, wiring: wiring,
            databases: TableLoader(files: files, diagnostics: diagnostics).load(document: document),
            faults: faults, states: loadStates(services: services, faults: faults), rum: loadRUM(manifest), cluster: loadCluster(manifest),
            aliases: loadAliases(manifest, services: services), files: files)
    }

    /// Stands in for a pack of which not even the manifest can be read; the reason was reported.
    private var unreadable: Pack {
        Pack(
            name: "", title: "", description: "", environment: "", services: [], entry: "", wiring: [:], databases: [], faults: [], states: [], rum: nil,
            cluster: Pack.Cluster(name: "", namespace: "default", node: "node-1"), aliases: [],
            files: files)
    }

    private static let manifestKeys = [
        "$schema", "name", "title", "description", "environment", "services", "entry", "rum", "aliases", "cluster",
    ]

    private func place(_ path: String) -> SourceLocation { SourceLocation(file: files.displayPath(path), line: 1, column: 1) }

    private func document(_ path: String) -> JSONNode? {
        guard let text = files.contents[path] else {
            diagnostics.report("this file is missing", at: place(path))
            return nil
        }
        do {
            return try JSONNode.parse(text, file: files.displayPath(path))
        } catch {
            diagnostics.report(error)
            return nil
        }
    }

    private func loadCluster(_ manifest: JSONNode) -> Pack.Cluster {
        let node = manifest["cluster"] ?? JSONNode(.object([]), at: manifest.location)
        _ = diagnostics.members(of: node, pointer: "/cluster", known: ["name", "namespace", "node"])
        return Pack.Cluster(
            name: diagnostics.string("name", in: node, pointer: "/cluster") ?? "",
            namespace: diagnostics.string("namespace", in: node, pointer: "/cluster") ?? manifest["environment"]?.string ?? "default",
            node: diagnostics.string("node", in: node, pointer: "/cluster") ?? "node-1")
    }

    private func loadRUM(_ manifest: JSONNode) -> Pack.RUM? {
        guard let node = manifest["rum"] else { return nil }
        _ = diagnostics.members(of: node, pointer: "/rum", known: ["service", "version"])
        return Pack.RUM(
            service: diagnostics.string("service", in: node, pointer: "/rum", required: true) ?? "",
            version: diagnostics.string("version", in: node, pointer: "/rum", required: true) ?? "")
    }

    private func loadAliases(_ manifest: JSONNode, services: [String]) -> [(String, String)] {
        guard let node = manifest["aliases"] else { return [] }
        return diagnostics.members(of: node, pointer: "/aliases").compactMap { member in
            guard let service = member.value.string, services.isEmpty || services.contains(service) else {
                diagnostics.report(
                    "an alias names a service" + suggestion(for: member.value.string ?? "", among: services), at: member.value.location,
                    pointer: "/aliases/" + member.name.pointerToken)
                return nil
            }
            return (member.name, service)
        }
    }

    // MARK: Faults and states

    private static let faultKeys = ["title", "description", "patch", "canary", "shows", "fix", "options", "deployment", "proof", "healthyStates"]

    private func loadFaults(services: [String]) -> [FaultDefinition] {
        guard let node = document("faults.json") else { return [] }
        let members = diagnostics.members(of: node, pointer: "").filter { $0.name != "$schema" }
        return members.map { member in
            let pointer = "/" + member.name.pointerToken
            let fault = member.value
            _ = diagnostics.members(of: fault, pointer: pointer, known: Self.faultKeys)
            let options = loadOptions(fault, pointer: pointer)
            return FaultDefinition(
                name: member.name,
                title: diagnostics.string("title", in: fault, pointer: pointer, required: true) ?? "",
                description: diagnostics.string("description", in: fault, pointer: pointer) ?? "",
                change: loadChange(fault, pointer: pointer, services: services, options: options.map(\.name)),
                shows: diagnostics.string("shows", in: fault, pointer: pointer, required: true) ?? "",
                fix: diagnostics.string("fix", in: fault, pointer: pointer, required: true) ?? "",
                options: options, deployment: loadDeployment(fault, pointer: pointer, services: services),
                proof: loadProof(fault, pointer: pointer, faults: members.map(\.name)), healthyStates: diagnostics.strings("healthyStates", in: fault, pointer: pointer), location: member.nameLocation)
        }
    }

    private func loadOptions(_ fault: JSONNode, pointer: String) -> [FaultDefinition.Option] {
        guard let node = fault["options"] else { return [] }
        let pointer = pointer + "/options"
        return diagnostics.members(of: node, pointer: pointer).map { member in
            let place = pointer + "/" + member.name.pointerToken
            _ = diagnostics.members(of: member.value, pointer: place, known: ["default", "minimum", "maximum", "description"])
            let whole = Int(-1e15)...Int(1e15)
            let low = diagnostics.integer("minimum", in: member.value, pointer: place, range: whole, required: true) ?? 0
            let high = diagnostics.integer("maximum", in: member.value, pointer: place, range: whole, required: true) ?? 0
            if high < low { diagnostics.report("\"maximum\" is less than \"minimum\"", at: member.value["maximum"]!.location, pointer: place + "/maximum") }
            let range = high < low ? whole : low...high
            return FaultDefinition.Option(
                name: member.name, standard: diagnostics.integer("default", in: member.value, pointer: place, range: range, required: true) ?? low,
                range: low...max(low, high), summary: diagnostics.string("description", in: member.value, pointer: place) ?? "")
        }
    }

    private func loadDeployment(_ fault: JSONNode, pointer: String, services: [String]) -> FaultDefinition.Deployment? {
        guard let node = fault["deployment"] else { return nil }
        let pointer = pointer + "/deployment"
        _ = diagnostics.members(of: node, pointer: pointer, known: ["service", "version", "title"])
        let service = diagnostics.string("service", in: node, pointer: pointer, required: true) ?? ""
        checkService(service, at: node["service"], pointer: pointer + "/service", services: services)
        return FaultDefinition.Deployment(
            service: service, version: diagnostics.string("version", in: node, pointer: pointer, required: true) ?? "",
            title: diagnostics.string("title", in: node, pointer: pointer, required: true) ?? "")
    }

    private func loadProof(_ fault: JSONNode, pointer: String, faults: [String]) -> FaultDefinition.Proof {
        guard let node = diagnostics.value("proof", in: fault, pointer: pointer, required: true) else { return FaultDefinition.Proof() }
        let pointer = pointer + "/proof"
        _ = diagnostics.members(of: node, pointer: pointer, known: ["red", "sometimes", "together", "masked", "evidence", "load"])
        return FaultDefinition.Proof(
            red: diagnostics.strings("red", in: node, pointer: pointer), sometimes: diagnostics.strings("sometimes", in: node, pointer: pointer),
            together: loadByFault("together", node, pointer: pointer, faults: faults), masked: loadByFault("masked", node, pointer: pointer, faults: faults), evidence: diagnostics.strings("evidence", in: node, pointer: pointer),
            load: loadLoad(node, pointer: pointer))
    }

    private func loadLoad(_ proof: JSONNode, pointer: String) -> FaultDefinition.Proof.Load? {
        guard let node = proof["load"] else { return nil }
        let pointer = pointer + "/load"
        _ = diagnostics.members(of: node, pointer: pointer, known: ["journey", "seconds"])
        _ = diagnostics.value("journey", in: node, pointer: pointer, required: true)
        let seconds = diagnostics.integer("seconds", in: node, pointer: pointer, range: 1...86_400)
        return journey("journey", of: node, pointer: pointer).map { FaultDefinition.Proof.Load(journey: $0, duration: seconds.map { .seconds($0) }) }
    }

    /// Lists of checks by the name of another fault.
    private func loadByFault(_ name: String, _ proof: JSONNode, pointer: String, faults: [String]) -> [String: [String]] {
        guard let node = proof[name] else { return [:] }
        let pointer = pointer + "/" + name
        let members = diagnostics.members(of: node, pointer: pointer, known: faults)
        return Dictionary(members.map { ($0.name, diagnostics.strings($0.name, in: node, pointer: pointer)) }, uniquingKeysWith: { first, _ in first })
    }

    private func checkService(_ name: String, at node: JSONNode?, pointer: String, services: [String]) {
        // Without a list of services its own mistake was reported.
        guard let node, !services.isEmpty, !services.contains(name) else { return }
        diagnostics.report("no service is named \"\(name)\"" + suggestion(for: name, among: services), at: node.location, pointer: pointer)
    }

    private func loadChange(_ node: JSONNode, pointer: String, services: [String], options: [String]) -> Change {
        var change = Change()
        if let patch = node["patch"] {
            for member in diagnostics.members(of: patch, pointer: pointer + "/patch") {
                let place = pointer + "/patch/" + member.name.pointerToken
                if services.contains(member.name) {
                    checkOptions(member.value, pointer: place, known: options)
                    change.patches.append((member.name, member.value))
                } else if !services.isEmpty {
                    diagnostics.report(
                        "no service is named \"\(member.name)\"" + suggestion(for: member.name, among: services), at: member.nameLocation, pointer: place)
                }
            }
        }
        if let canary = node["canary"] {
            let place = pointer + "/canary"
            _ = diagnostics.members(of: canary, pointer: place, known: ["service", "version", "weight", "patch"])
            let service = diagnostics.string("service", in: canary, pointer: place, required: true) ?? ""
            checkService(service, at: canary["service"], pointer: place + "/service", services: services)
            let patch = canary["patch"] ?? JSONNode(.object([]), at: canary.location)
            checkOptions(patch, pointer: place + "/patch", known: options)
            change.canaries.append(
                Change.Canary(
                    service: service, version: diagnostics.string("version", in: canary, pointer: place, required: true) ?? "",
                    weight: diagnostics.integer("weight", in: canary, pointer: place, range: 0...100, required: true) ?? 0, patch: patch))
        }
        return change
    }

    private func checkOptions(_ node: JSONNode, pointer: String, known: [String]) {
        if let name = node["$option"]?.string, !known.contains(name) {
            diagnostics.report("no option is named \"\(name)\"" + suggestion(for: name, among: known), at: node.location, pointer: pointer)
        }
        for member in node.members ?? [] { checkOptions(member.value, pointer: pointer + "/" + member.name.pointerToken, known: known) }
        for (index, element) in (node.array ?? []).enumerated() { checkOptions(element, pointer: pointer + "/\(index)", known: known) }
    }

    private static let stateKeys = ["title", "aliases", "faults", "instrumentation", "rum", "load", "patch", "canary"]

    private func loadStates(services: [String], faults: [FaultDefinition]) -> [StateDefinition] {
        guard let node = document("states.json") else { return [] }
        var states: [StateDefinition] = []
        for member in diagnostics.members(of: node, pointer: "") where member.name != "$schema" {
            let pointer = "/" + member.name.pointerToken
            let state = member.value
            _ = diagnostics.members(of: state, pointer: pointer, known: Self.stateKeys)
            let names = diagnostics.strings("faults", in: state, pointer: pointer)
            for (index, name) in names.enumerated() where !faults.contains(where: { $0.name == name }) {
                diagnostics.report(
                    "names \"\(name)\", which is no fault of this pack" + suggestion(for: name, among: faults.map(\.name)),
                    at: state["faults"]?.array?[index].location ?? state.location, pointer: pointer + "/faults/\(index)")
            }
            let levels = Instrumentation.allCases.map(\.rawValue)
            let level = diagnostics.choice("instrumentation", in: state, pointer: pointer, among: levels)
            states.append(
                StateDefinition(
                    name: member.name, title: diagnostics.string("title", in: state, pointer: pointer, required: true) ?? "",
                    aliases: diagnostics.strings("aliases", in: state, pointer: pointer), faults: names,
                    instrumentation: level.flatMap(Instrumentation.init) ?? .full, hasRUM: diagnostics.boolean("rum", in: state, pointer: pointer) ?? true,
                    load: journey("load", of: state, pointer: pointer),
                    change: loadChange(state, pointer: pointer, services: services, options: []), location: member.nameLocation))
        }
        if node.members != nil { checkStateNames(states, at: node) }
        for fault in faults { checkHealthyStates(of: fault, among: states) }
        return states
    }

    private func checkHealthyStates(of fault: FaultDefinition, among states: [StateDefinition]) {
        for (index, name) in fault.healthyStates.enumerated() where !states.contains(where: { $0.name == name }) {
            diagnostics.report(
                "no state is named \"\(name)\"" + suggestion(for: name, among: states.map(\.name)), at: fault.location,
                pointer: "/" + fault.name.pointerToken + "/healthyStates/\(index)")
        }
    }

    /// A journey of the pack, by the name of its file.
    private func journey(_ key: String, of node: JSONNode, pointer: String) -> String? {
        guard let name = diagnostics.string(key, in: node, pointer: pointer) else { return nil }
        let known = files.paths(under: "load", suffix: ".json").map { String($0.dropFirst(5).dropLast(5)) }
        if known.contains(name) { return name }
        diagnostics.report("there is no file load/\(name).json" + suggestion(for: name, among: known), at: node[key]!.location, pointer: pointer + "/" + key)
        return nil
    }

    private func checkStateNames(_ states: [StateDefinition], at node: JSONNode) {
        var seen: Set<String> = []
        for state in states {
            for name in [state.name] + state.aliases where !seen.insert(name).inserted {
                diagnostics.report("the state name \"\(name)\" is used twice", at: state.location, pointer: "/" + state.name.pointerToken)
            }
        }
        for required in ["broken", "fixed"] where !seen.contains(required) {
            diagnostics.report("every pack needs a state \"\(required)\" (or an alias of that name)", at: node.location)
        }
    }
}
