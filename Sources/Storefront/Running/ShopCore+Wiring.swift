import Base
import Packs
import Telemetry

extension ShopCore {
    /// Why the shop stays as it was.
    public struct Refusal: Error, CustomStringConvertible, Sendable {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    // MARK: Faults

    /// Switches a fault on; requests in flight finish without it.
    public func switchOn(_ name: String, options: [String: Int] = [:]) async throws {
        guard pack.fault(named: name) != nil else {
            throw Refusal("the pack \"\(pack.name)\" has no fault \"\(name)\"" + suggestion(for: name, among: pack.faults.map(\.name)))
        }
        var faults = activeFaults.filter { $0.name != name }
        faults.append(ActiveFault(name: name, options: options))
        let touched = pack.fault(named: name)!.touchedServices
        try apply(faults, edited: edited.filter { !touched.contains($0.key) }, announcing: pack.fault(named: name)?.deployment)
        try await adjustDatabases()
    }

    /// Switches a fault off. A service that a learner has deployed keeps the learner's version.
    public func switchOff(_ name: String) async throws {
        guard activeFaults.contains(where: { $0.name == name }) else {
            throw Refusal("the fault \"\(name)\" is not on" + suggestion(for: name, among: activeFaults.map(\.name)))
        }
        try apply(activeFaults.filter { $0.name != name }, edited: edited, announcing: nil)
        try await adjustDatabases()
    }

    /// Computes, compiles and installs; nothing changes when anything is wrong.
    func apply(_ faults: [ActiveFault], edited: [String: [Wiring.Version]], announcing deployment: FaultDefinition.Deployment?) throws {
        let wiring = try Wiring(pack, state: state, faults: faults, edited: edited)
        try install(wiring)
        activeFaults = faults
        self.edited = edited
        if let deployment { announce(deployment.service, version: deployment.version, title: deployment.title) }
    }

    var state: StateDefinition {
        pack.state(named: stateName)!
    }

    // MARK: Deploying

    /// Deploys a learner's wiring of one service.
    ///
    /// - Parameters:
    ///   - weight: Share of the requests in percent; below 100 the version before stays beside it.
    ///   - version: Name of the version; the next one counted up when nil.
    public func deploy(_ node: JSONNode, to name: String, version: String? = nil, weight: Int = 100, title: String = "Deployed by hand") async throws {
        let service = try checkService(name)
        let version = version ?? Self.next(after: service.deployments.last?.version ?? "1.0")
        let diagnostics = Diagnostics()
        let compiled = compile(node, name, version: version, reporting: diagnostics)
        try diagnostics.check()
        let deployment = Deployment(service: service, version: version, weight: weight, title: title, startedAt: world.now, compiled: compiled)
        let new = Wiring.Version(wiring: node, version: version, weight: min(weight, 100), title: title, origin: nextEditOrigin())
        if weight >= 100 {
            keep([new], as: name)
            service.wiring = node
            replace(service, by: [deployment])
        } else {
            let before = service.deployments[0]
            keep([Wiring.Version(wiring: service.wiring, version: before.version, weight: 100 - weight, title: before.title, origin: nextEditOrigin()), new], as: name)
            replace(
                service,
                by: [
                    Deployment(
                        service: service, version: before.version, weight: 100 - weight, title: before.title, startedAt: before.startedAt, compiled: before.compiled),
                    deployment,
                ])
        }
        try await adjustDatabases()
        announce(name, version: version, title: title)
    }

    /// Changes the wiring that a service has now, whoever has made it; its versions stay, and what they keep in memory.
    func change(_ service: ServiceRuntime, by patch: JSONNode) throws {
        let wiring = try Wiring(pack, state: state, faults: activeFaults, edited: edited)
        let diagnostics = Diagnostics()
        let before = service.deployments
        var edited = edited
        edited[service.name] = (wiring.versions[service.name] ?? []).map { version in
            var version = version
            version.wiring = Overlay.apply(patch, to: version.wiring, reporting: diagnostics)
            version.origin = nextEditOrigin()
            return version
        }
        try diagnostics.check()
        try apply(activeFaults, edited: edited, announcing: nil)
        for (deployment, earlier) in zip(service.deployments, before) { deployment.caches = earlier.caches }
    }

    @discardableResult
    func checkService(_ name: String) throws(Refusal) -> ServiceRuntime {
        guard let service = service(named: name) else {
            throw Refusal("the pack \"\(pack.name)\" has no service \"\(name)\"" + suggestion(for: name, among: services.map(\.name)))
        }
        return service
    }

    /// Remembers what a learner has deployed: other faults leave it alone, and a reset sees that it is not the pack's.
    private func keep(_ versions: [Wiring.Version], as name: String) {
        edited[name] = versions
        service(named: name)?.signature = signature(of: versions)
    }

    func nextEditOrigin() -> String {
        editCount += 1
        return "edit \(editCount)"
    }

    private func signature(of versions: [Wiring.Version]) -> String {
        "\(packGeneration): " + versions.map { "\($0.origin) \($0.weight)" }.joined(separator: "; ")
    }

    /// Deploys a learner's version of a view.
    public func deployView(_ text: [UInt8], as name: String) throws {
        guard views.names.contains(name) else { throw Refusal("the pack has no view \"\(name)\"" + suggestion(for: name, among: views.names)) }
        try views.deploy(text, as: name)
    }

    private static func next(after version: String) -> String {
        guard let dot = version.lastIndex(of: "."), let minor = Int(version[version.index(after: dot)...]) else { return version + ".1" }
        return version[...dot] + String(minor + 1)
    }

    // MARK: Installing

    func install(_ wiring: Wiring) throws {
        let diagnostics = Diagnostics()
        var compiled: [(ServiceRuntime, String, [Deployment])] = []
        for service in services {
            let versions = wiring.versions[service.name] ?? []
            // A service whose versions are the same keeps its compiled ones and its prepared statements.
            let signature = signature(of: versions)
            if signature == service.signature { continue }
            let known = service.library[signature]
            let code = known ?? versions.map { compile($0.wiring, service.name, version: $0.version, reporting: diagnostics) }
            compiled.append((service, signature, zip(versions, code).map { version, code in
                Deployment(service: service, version: code.identity.version, weight: version.weight, title: version.title, startedAt: world.now, compiled: code)
            }))
        }
        try diagnostics.check()
        for (service, signature, deployments) in compiled {
            service.signature = signature
            service.library.keep(deployments.map(\.compiled), as: signature)
            service.wiring = wiring.versions[service.name]![0].wiring
            replace(service, by: deployments)
        }
    }

    private func compile(_ node: JSONNode, _ service: String, version: String?, reporting diagnostics: Diagnostics) -> CompiledService {
        ServiceCompiler(
            service: service, wiring: node, version: version,
            surroundings: WiringCompiler.Surroundings(pack: pack, handlers: handlers, environment: environment, seed: world.seed), reporting: diagnostics
        ).compile()
    }

    func replace(_ service: ServiceRuntime, by deployments: [Deployment]) {
        service.deployments = deployments
        service.endProcess()
        metrics.forgetRoutes()
        startTasks(of: service)
        updateCollector()
        recorder.xray.setRules(deployments.last?.compiled.xray?.rules(since: world.now), ofService: service.name)
        reconcilePods(of: service)
        noteReachability(of: service)
    }

    private func announce(_ service: String, version: String, title: String) {
        recorder.record(Event(time: world.now, service: service, kind: "deployment", title: title, attributes: [Attribute("version", .string(version))]))
    }

    // MARK: Reset

    /// Back to the first moment of the state: data, sessions, deployments, views, telemetry and randomness.
    public func reset() async throws {
        retire()
        defer { start() }
        for service in services { service.endProcess() }
        try await restoreData()
        try apply(state.faults.map { ActiveFault(name: $0) }, edited: [:], announcing: nil)
        try await adjustDatabases()
        // Last, and without a suspension: requests that came meanwhile leave no session, span or drawn number behind.
        world.reset()
        sessions = SessionStore()
        emptyCaches()
        views.discardEdits()
        rebuildPods()
        forgetTelemetry()
    }

    /// Hash of everything that a reset restores, telemetry left out.
    public func fingerprint() async throws -> UInt64 {
        var print = Fingerprint()
        for database in databases { print.combine("\(try await database.fingerprint().value)".utf8) }
        print.combine("\(sessions.fingerprint) \(cachesFingerprint) \(deployedFingerprint)".utf8)
        for service in services { service.pods?.controller.combine(into: &print) }
        return print.value
    }

    /// Hash of what runs: versions of all services with their shares, views, faults, and the indexes that the wiring has taken away.
    public var deployedFingerprint: UInt64 {
        var print = Fingerprint()
        for service in services {
            for deployment in service.deployments { print.combine("\(deployment.version) \(deployment.weight) \(deployment.compiled.source.text)".utf8) }
        }
        for name in views.names { print.combine((views.source(name, replacements: [:]) ?? "").utf8) }
        print.combine((activeFaults.map(\.name) + droppedIndexes.sorted()).joined(separator: ",").utf8)
        return print.value
    }
}

extension FaultDefinition {
    /// Services whose wiring the fault changes.
    public var touchedServices: Set<String> { Set(change.patches.map(\.service) + change.canaries.map(\.service)) }
}
