import Base
import Cluster
import HTTP
import Packs
import Telemetry

/// Reads one service's wiring and compiles all of it.
public struct ServiceCompiler {
    public static let keys = [
        "$schema", "description", "version", "language", "port", "host", "database", "connections", "telemetry", "logs", "headers", "json",
        "exceptions", "errors", "before", "procedures", "routes", "background", "views", "rum", "reachable", "indexes", "requestIDHeader",
        "metrics", "collector", "clockOffsetMilliseconds", "deployment", "lifecycle", "store",
    ]
    private static let routeKeys = ["name", "handler", "display", "before", "attributes", "steps"]

    private let service: String
    private let node: JSONNode
    private let source: SourcePrinter.Source
    private let compiler: WiringCompiler
    private let diagnostics: Diagnostics
    private let identity: ServiceIdentity
    private let spans: SpanSettings
    private let xray: XRaySettings?

    /// - Parameter version: Wins over the wiring's own version: a canary, a deployment.
    public init(
        service: String, wiring node: JSONNode, version: String? = nil, surroundings: WiringCompiler.Surroundings, reporting diagnostics: Diagnostics
    ) {
        self.service = service
        self.node = node
        self.diagnostics = diagnostics
        source = SourcePrinter.print(node)
        _ = diagnostics.members(of: node, pointer: "", known: Self.keys)
        xray = XRayReader(diagnostics).read(node["telemetry"])
        identity = ServiceIdentity(
            name: service, version: version ?? diagnostics.string("version", in: node, pointer: "") ?? "", environment: surroundings.environment,
            attributes: [Attribute("telemetry.sdk.language", .string(node["language"]?.string ?? ""))]
                + (node["deployment"] == nil ? [] : ClusterTags.attributes(service: service, surroundings.pack.cluster)),
            aliases: (node["logs"]?["aliases"]?.array ?? []).compactMap(\.string), xray: xray ?? .standard)
        for name in ["description", "language", "host"] { _ = diagnostics.string(name, in: node, pointer: "") }
        _ = diagnostics.integer("port", in: node, pointer: "", range: 1...65_535)
        spans = SpanSettings(
            node["telemetry"],
            constants: [
                "env": identity.environment, "version": identity.version, "language": node["language"]?.string ?? "",
                "runtime": World.uuid(named: "\(service) \(identity.version)", seed: surroundings.seed),
            ], reporting: diagnostics)
        let database = diagnostics.string("database", in: node, pointer: "")
        if let database, surroundings.databaseIndex[database] == nil {
            diagnostics.report(
                "no database is named \"\(database)\"" + suggestion(for: database, among: Array(surroundings.databaseIndex.keys)), at: node["database"]!.location,
                pointer: "/database")
        }
        let style = diagnostics.choice("json", in: node, pointer: "", among: Array(JSONStyle.named.keys)) ?? "compact"
        compiler = WiringCompiler(
            service: service, identity: identity, spans: spans, log: ServiceLogFormat(node["logs"], service: service, reporting: diagnostics),
            database: database, jsonStyle: JSONStyle.named[style]!,
            procedures: Self.procedures(node["procedures"], reporting: diagnostics), lines: source.lines, surroundings: surroundings, reporting: diagnostics)
    }

    private static func procedures(_ node: JSONNode?, reporting diagnostics: Diagnostics) -> [String: JSONNode] {
        guard let node else { return [:] }
        var procedures: [String: JSONNode] = [:]
        for member in diagnostics.members(of: node, pointer: "/procedures") {
            let pointer = "/procedures/" + member.name.pointerToken
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["takes", "steps", "gives", "note"])
            _ = diagnostics.strings("takes", in: member.value, pointer: pointer)
            _ = diagnostics.value("steps", in: member.value, pointer: pointer, required: true)
            procedures[member.name] = member.value
        }
        return procedures
    }

    public func compile() -> CompiledService {
        let (router, routes) = compileRoutes()
        defer { compiler.checkUnusedProcedures(after: node["before"]) }
        return CompiledService(
            identity: identity, router: router, routes: routes, unmatchedSpan: serverSpan(name: nil, method: "", route: "", handler: ""),
            unmatchedResource: spans.unmatched,
            errorPages: compileErrorPages(), background: compileBackground(), exceptions: compileExceptions(), standardHeaders: compileHeaders(),
            jsonStyle: compiler.jsonStyle, views: compileViews(), hasRUM: diagnostics.boolean("rum", in: node, pointer: "") ?? false,
            isReachable: diagnostics.boolean("reachable", in: node, pointer: "") ?? true,
            log: compiler.log, source: source, requestIDHeader: diagnostics.string("requestIDHeader", in: node, pointer: ""),
            requestMetrics: RequestMetric.all(node["metrics"], reporting: diagnostics),
            connectionLimit: diagnostics.integer("connections", in: node, pointer: "", range: 1...10_000) ?? 25,
            database: node["database"]?.string.flatMap { compiler.surroundings.databaseIndex[$0] }, indexChanges: compileIndexes(),
            collector: node["collector"].map { CollectorConfiguration($0, pointer: "/collector", reporting: diagnostics) },
            xray: xray.flatMap { $0.isOn ? XRayTracing(service: $0.name.isEmpty ? service : $0.name, settings: $0) : nil },
            clockOffset: Int64(diagnostics.integer("clockOffsetMilliseconds", in: node, pointer: "", range: -86_400_000...86_400_000) ?? 0) * 1_000_000,
            deployment: node["deployment"].map { DeploymentSpec($0, pointer: "/deployment", reporting: diagnostics) }, started: compileLifecycle("started"), ended: compileLifecycle("ended"), store: compileStore())
    }

    // MARK: Routes

    private func compileRoutes() -> (Router<Int>, [CompiledRoute]) {
        var router = Router<Int>()
        var compiled: [CompiledRoute] = []
        for member in node["routes"].map({ diagnostics.members(of: $0, pointer: "/routes") }) ?? [] {
            let pointer = "/routes/" + member.name.pointerToken
            guard let space = member.name.firstIndex(of: " ") else {
                diagnostics.report("a route is written \"GET /path\"", at: member.nameLocation, pointer: pointer)
                continue
            }
            let methods = member.name[..<space].split(separator: "|").map(String.init)
            let text = String(member.name[member.name.index(after: space)...])
            let pattern: RoutePattern
            do {
                pattern = try RoutePattern(text)
            } catch {
                diagnostics.report("\(error)", at: member.nameLocation, pointer: pointer)
                continue
            }
            for method in methods where !Self.methods.contains(method) {
                diagnostics.report("no method is named \"\(method)\"" + suggestion(for: method, among: Self.methods), at: member.nameLocation, pointer: pointer)
            }
            compiled.append(compileRoute(member, methods: methods.joined(separator: "|"), pattern: pattern, pointer: pointer))
            for method in methods {
                do {
                    try router.add(method, pattern, compiled.count - 1)
                } catch {
                    diagnostics.report("\(error)", at: member.nameLocation, pointer: pointer)
                }
            }
        }
        return (router, compiled)
    }

    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

    private func compileRoute(_ member: JSONNode.Member, methods: String, pattern: RoutePattern, pointer: String) -> CompiledRoute {
        var lists: [(JSONNode, String)] = []
        var settings: JSONNode?
        var steps = (member.value, pointer)
        if member.value.members != nil {
            settings = member.value
            _ = diagnostics.members(of: member.value, pointer: pointer, known: Self.routeKeys)
            for name in ["name", "handler", "display"] { _ = diagnostics.string(name, in: member.value, pointer: pointer) }
            let list = diagnostics.value("steps", in: member.value, pointer: pointer, required: true)
            steps = (list ?? JSONNode(.array([]), at: member.value.location), pointer + "/steps")
        }
        if let before = node["before"], settings.flatMap({ diagnostics.boolean("before", in: $0, pointer: pointer) }) ?? true {
            lists.append((before, "/before"))
        }
        lists.append(steps)
        let compiled = compiler.root(lists)
        let name = settings?["name"]?.string
        let display = settings?["display"]?.string ?? pattern.description
        let span = serverSpan(
            name: name, method: methods.split(separator: "|").first.map(String.init) ?? "", route: display,
            handler: settings?["handler"]?.string ?? "", attributes: settings?["attributes"])
        return CompiledRoute(
            pattern: pattern.description, display: display, name: name ?? "\(methods) \(pattern)", parameterNames: pattern.parameterNames, steps: compiled.steps,
            slotCount: compiled.slotCount, span: span)
    }

    private func serverSpan(name: String?, method: String, route: String, handler: String, attributes: JSONNode? = nil) -> SpanTemplate {
        let own = (attributes?.members ?? []).map { Attribute($0.name, $0.value.value) }
        return spans.template(
            .server, resource: name ?? "\(method) \(route)", identity: identity, attributes: own,
            facts: Self.facts(name: name ?? "\(method) \(route)", method: method, route: route, handler: handler))
    }

    /// What span settings can name. Nothing but blanks when no route matched.
    private static func facts(name: String, method: String, route: String, handler: String) -> [String: String] {
        let parts = name.split(separator: "#", maxSplits: 1).map(String.init)
        return [
            "method": method, "route": route, "name": name, "handler": handler, "controller": parts.count == 2 ? parts[0] : "",
            "action": parts.count == 2 ? parts[1] : "",
        ]
    }

    // MARK: The rest

    private func compileErrorPages() -> [String: ErrorPage] {
        guard let errors = node["errors"] else { return [:] }
        var pages: [String: ErrorPage] = [:]
        for member in diagnostics.members(of: errors, pointer: "/errors") {
            if member.name != "default", Int(member.name).map({ (400...599).contains($0) }) != true {
                diagnostics.report("error pages are named by status, 400 to 599, or \"default\"", at: member.nameLocation, pointer: "/errors/" + member.name.pointerToken)
            }
            let (steps, slots) = compiler.root([(member.value, "/errors/" + member.name.pointerToken)])
            pages[member.name] = ErrorPage(steps: steps, slotCount: slots)
        }
        return pages
    }

    private func compileBackground() -> [BackgroundTask] {
        guard let tasks = node["background"] else { return [] }
        return diagnostics.members(of: tasks, pointer: "/background").map { member in
            let pointer = "/background/" + member.name.pointerToken
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["everyMilliseconds", "steps", "note"])
            let interval = diagnostics.integer("everyMilliseconds", in: member.value, pointer: pointer, range: 1...86_400_000, required: true) ?? 1
            let list = diagnostics.value("steps", in: member.value, pointer: pointer, required: true) ?? JSONNode(.array([]), at: member.value.location)
            let (steps, slots) = compiler.root([(list, pointer + "/steps")])
            return BackgroundTask(name: member.name, interval: .milliseconds(interval), steps: steps, slotCount: slots)
        }
    }

    private static let moments = ["started", "ended"]

    private func compileLifecycle(_ moment: String) -> BackgroundTask? {
        guard let node = node["lifecycle"] else { return nil }
        if moment == Self.moments[0] { _ = diagnostics.members(of: node, pointer: "/lifecycle", known: Self.moments) }
        guard let list = node[moment] else { return nil }
        let (steps, slots) = compiler.root([(list, "/lifecycle/" + moment)])
        return BackgroundTask(name: moment, interval: .zero, steps: steps, slotCount: slots)
    }

    private func compileStore() -> Store? {
        guard let node = node["store"] else { return nil }
        _ = diagnostics.members(of: node, pointer: "/store", known: Store.keys)
        let timeout = diagnostics.integer("timeoutMilliseconds", in: node, pointer: "/store", range: 1...3_600_000)
        guard let name = diagnostics.string("service", in: node, pointer: "/store", required: true) else { return nil }
        let services = compiler.surroundings.pack.services
        guard let position = services.firstIndex(of: name) else {
            diagnostics.report("no service is named \"\(name)\"" + suggestion(for: name, among: services), at: node["service"]!.location, pointer: "/store/service")
            return nil
        }
        return Store(position: position, timeout: timeout.map { .milliseconds($0) })
    }

    private func compileExceptions() -> [Failure.Kind: ExceptionName] {
        guard let node = node["exceptions"] else { return [:] }
        let kinds = Failure.Kind.allCases.map(\.rawValue)
        var names: [Failure.Kind: ExceptionName] = [:]
        for member in diagnostics.members(of: node, pointer: "/exceptions", known: kinds) {
            let pointer = "/exceptions/" + member.name
            guard let kind = Failure.Kind(rawValue: member.name) else { continue }
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["type", "message"])
            names[kind] = ExceptionName(
                type: diagnostics.string("type", in: member.value, pointer: pointer, required: true) ?? "",
                message: diagnostics.string("message", in: member.value, pointer: pointer))
        }
        return names
    }

    private func compileHeaders() -> [Headers.Field] {
        guard let headers = node["headers"] else { return [] }
        return diagnostics.members(of: headers, pointer: "/headers").compactMap { member in
            guard let value = member.value.string else { return diagnostics.wrong(member.value, "text", "/headers/" + member.name.pointerToken) }
            return Headers.Field(name: member.name, value: value)
        }
    }

    private func compileIndexes() -> [String: Bool] {
        guard let node = node["indexes"] else { return [:] }
        let known = compiler.tables.flatMap { $0.indexes.map(\.name) }
        var changes: [String: Bool] = [:]
        for member in diagnostics.members(of: node, pointer: "/indexes", known: known) {
            guard case .bool(let exists) = member.value.content else {
                diagnostics.report("expected true or false, found \(member.value.kindName)", at: member.value.location, pointer: "/indexes/" + member.name.pointerToken)
                continue
            }
            changes[member.name] = exists
        }
        return changes
    }

    private func compileViews() -> [String: String] {
        guard let views = node["views"] else { return [:] }
        var files: [String: String] = [:]
        let known = compiler.surroundings.pack.files
        for member in diagnostics.members(of: views, pointer: "/views") {
            let path = member.value.string ?? ""
            if known.contents["views/\(path).mustache"] == nil {
                let names = known.paths(under: "views", suffix: ".mustache").map { String($0.dropFirst(6).dropLast(9)) }
                diagnostics.report("no view is named \"\(path)\"" + suggestion(for: path, among: names), at: member.value.location, pointer: "/views/" + member.name.pointerToken)
            }
            files[member.name] = path
        }
        return files
    }
}
