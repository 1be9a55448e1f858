import Base
import HTTP
import Packs
import Query
import Storefront

/// What trainers and our own commands ask of a running host, as JSON over HTTP with a bearer token.
///
/// | Route | Body | Answer |
/// |---|---|---|
/// | `GET /v1/status` | | shops with pack, state, faults, services and URLs |
/// | `GET /v1/faults?shop=` | | the pack's faults, and which are on |
/// | `GET /v1/source?shop=&service=` or `&view=` | | the text that learners read |
/// | `GET /v1/checks?shop=` | | checks as they were when the pack was opened, and variables |
/// | `GET /v1/submission?shop=` | | pack, state, faults, and what a learner has changed |
/// | `GET /v1/slos?shop=` | | objectives as shipped |
/// | `GET /v1/journeys?shop=` | | load journeys as shipped, the services' URLs and their short names |
/// | `GET /v1/collector?shop=` | | what each pipeline and policy has kept of the traces |
/// | `GET /v1/fingerprint?shop=` | | hash of the shop's state |
/// | `POST /v1/evidence` | `shop?`, `queries`, `withinSeconds?` | how much each evidence query finds |
/// | `GET /v1/cluster?shop=` | | deployments, pods, autoscalers and events |
/// | `GET /v1/logs?shop=&service=&tail=&since=` | | a service's lines, and the number after the last |
/// | `POST /v1/logs` | `shop?`, `job`, `lines` | notes what a job beside the services prints |
/// | `POST /v1/scale` | `shop?`, `deployment`, `replicas` | |
/// | `POST /v1/switch` | `shop?`, `pack`, `state?` | |
/// | `POST /v1/faults` | `shop?`, `name`, `on`, `options?` | |
/// | `POST /v1/deploy` | `shop?`, `service` or `view`, `file`, `text`, `version?`, `weight?`, `title?` | |
/// | `POST /v1/reset` | `shop?` | |
///
/// Errors are `{"error": "...", "status": n}`.
struct ControlAPI: Sendable {
    let host: ShopHost
    let token: String

    func answer(_ request: Request) async -> Response {
        guard isAuthorized(request) else { return Self.error(401, "this needs the token of the control file") }
        let target = RequestTarget(request.target)
        do {
            let body = request.method == "POST" ? try Self.body(request) : Value.object([:])
            let shop = body["shop"]?.text ?? target.query["shop"]
            let hosted = try host.shop(named: shop)
            let result: Value? =
                switch "\(request.method) \(target.rawPath)" {
                case "GET /v1/status": try await status()
                case "GET /v1/faults": try await faults(hosted)
                case "GET /v1/source": try await source(hosted, target)
                case "GET /v1/checks": try await checks(hosted)
                case "GET /v1/slos": try await objectives(hosted)
                case "GET /v1/submission": try await submission(hosted)
                case "GET /v1/journeys": try await journeys(hosted)
                case "GET /v1/collector": try await collector(hosted)
                case "GET /v1/fingerprint": .object(["fingerprint": .string(try await hosted.shop.with { try await $0.fingerprint() }.hex)])
                case "POST /v1/evidence": try await evidence(hosted, body)
                case "GET /v1/cluster": try await cluster(hosted)
                case "GET /v1/logs": try await logs(hosted, target)
                case "POST /v1/logs": try await addLogs(hosted, body)
                case "POST /v1/scale": try await scale(hosted, body)
                case "POST /v1/switch": try await switchPack(hosted, body)
                case "POST /v1/faults": try await setFault(hosted, body)
                case "POST /v1/deploy": try await deploy(hosted, body)
                case "POST /v1/reset": try await reset(hosted)
                default: nil
                }
            guard let result else { return Self.error(404, "there is no \(request.method) \(target.rawPath)") }
            return Response(status: 200, headers: ["Content-Type": "application/json"], body: result.jsonBytes())
        } catch {
            return Self.error(422, "\(error)")
        }
    }

    /// Compares all bytes, so that the time tells nothing about the token.
    private func isAuthorized(_ request: Request) -> Bool {
        let given = Array((request.headers["Authorization"] ?? "").utf8)
        let expected = Array("Bearer \(token)".utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func error(_ status: Int, _ message: String) -> Response {
        Response(status: status, headers: ["Content-Type": "application/json"], body: Value.object(["error": .string(message), "status": .int(status)]).jsonBytes())
    }

    /// No body is as good as an empty object.
    private static func body(_ request: Request) throws -> Value {
        if request.body.isEmpty { return .object([:]) }
        do { return try Value.parse(json: request.body) } catch { throw ShopCore.Refusal("the body is not JSON: \(error)") }
    }

    static func required(_ name: String, in body: Value) throws -> String {
        guard case .string(let text)? = body[name] else { throw ShopCore.Refusal("the body needs \"\(name)\" as text") }
        return text
    }

    // MARK: Reading

    private func status() async throws -> Value {
        var shops: [Value] = []
        for hosted in host.shops { shops.append(try await status(hosted)) }
        return .object([
            "shops": .list(shops), "observability": .string(await host.observabilityURL), "control": .string(await host.controlURL),
        ])
    }

    private func status(_ hosted: HostedShop) async throws -> Value {
        let ports = await hosted.ports()
        return try await hosted.shop.with { core in
            .object([
                "name": .string(hosted.name), "pack": .string(core.pack.name), "title": .string(core.pack.title), "state": .string(core.stateName),
                "faults": .list(core.activeFaults.map { .string($0.name) }), "entry": .string(core.pack.entry),
                "services": .list(
                    core.services.map { service in
                        .object([
                            "name": .string(service.name), "url": .string(ports[service.name].map { "http://\(host.configuration.reachableHost):\($0)" } ?? ""), "reachable": .bool(service.isReachable),
                            "versions": .list(service.deployments.map { .object(["version": .string($0.version), "weight": .int($0.weight), "title": .string($0.title)]) }),
                        ])
                    }),
            ])
        }
    }

    private func faults(_ hosted: HostedShop) async throws -> Value {
        try await hosted.shop.with { core in
            .object([
                "faults": .list(
                    core.pack.faults.map { fault in
                        .object([
                            "name": .string(fault.name), "title": .string(fault.title), "shows": .string(fault.shows), "fix": .string(fault.fix),
                            "on": .bool(core.activeFaults.contains { $0.name == fault.name }),
                        ])
                    })
            ])
        }
    }

    private func source(_ hosted: HostedShop, _ target: RequestTarget) async throws -> Value {
        let service = target.query["service"]
        let view = target.query["view"]
        return try await hosted.shop.with { core in
            if let view { return .object(["text": .string(try core.viewSource(view))]) }
            return .object(["text": .string(try core.source(of: service ?? core.pack.entry))])
        }
    }

    private func checks(_ hosted: HostedShop) async throws -> Value {
        let ports = await hosted.ports()
        let observability = await host.observabilityURL
        return try await hosted.shop.with { core in
            var variables: [(String, Value)] = []
            func add(_ name: String, _ value: String) { if !variables.contains(where: { $0.0 == name }) { variables.append((name, .string(value))) } }
            for (alias, service) in core.shipped.aliases { add("\(alias)_URL", "http://\(host.configuration.reachableHost):\(ports[service] ?? 0)") }
            for service in core.services where ports[service.name] != nil {
                add(service.name.uppercased().replacing("-", with: "_") + "_URL", "http://\(host.configuration.reachableHost):\(ports[service.name] ?? service.port)")
            }
            add("OBSERVABILITY_URL", observability)
            add("SHOP", hosted.name)
            return .object(["pack": .string(core.pack.name), "files": Self.texts(core.shipped.checks), "variables": .record(Record(variables))])
        }
    }

    private func objectives(_ hosted: HostedShop) async throws -> Value {
        let observability = await host.observabilityURL
        return try await hosted.shop.with { core in
            .object(["pack": .string(core.pack.name), "files": Self.texts(core.pack.slos), "observability": .string(observability), "shop": .string(hosted.name)])
        }
    }

    private func collector(_ hosted: HostedShop) async throws -> Value {
        try await hosted.shop.with { core in
            guard let collector = core.collector else { throw ShopCore.Refusal("nothing collects the traces of the pack \"\(core.pack.name)\"; start with --collector FILE") }
            collector.advance(to: core.world.now)
            return collector.report
        }
    }

    private static func texts(_ files: [(name: String, text: [UInt8])]) -> Value {
        .list(files.map { .object(["name": .string($0.name), "text": .string(String(decoding: $0.text, as: UTF8.self))]) })
    }

    private func journeys(_ hosted: HostedShop) async throws -> Value {
        let ports = await hosted.ports()
        return try await hosted.shop.with { core in
            func url(_ service: String) -> Value { .string("http://\(host.configuration.reachableHost):\(ports[service] ?? 0)") }
            return .object([
                "pack": .string(core.pack.name), "title": .string(core.pack.title), "state": .string(core.stateName), "entry": .string(core.pack.entry),
                "services": .record(Record(core.pack.services.filter { ports[$0] != nil }.map { ($0, url($0)) })),
                "aliases": .record(Record(core.pack.aliases.map { ($0.alias, .string($0.service)) })),
                "files": .list(
                    core.pack.journeys.map {
                        .object(["name": .string(core.pack.files.displayPath($0.name)), "text": .string(String(decoding: $0.text, as: UTF8.self))])
                    }),
            ])
        }
    }

    private func evidence(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        guard let texts = body["queries"]?.elements?.map(\.text) else { throw ShopCore.Refusal("the body needs \"queries\" as a list of texts") }
        let queries = try texts.map { try EvidenceQuery.parse($0) }
        let seconds = body["withinSeconds"]?.integer
        return try await hosted.shop.with { core in
            let since = seconds.map { core.world.now + .seconds(-$0) } ?? Timestamp(nanoseconds: .min)
            return .object(["counts": .list(queries.map { .int($0.matches(in: core.recorder, since: since)) })])
        }
    }

    // MARK: Changing

    private func switchPack(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        let state: String = if case .string(let text)? = body["state"] { text } else { "broken" }
        let pack = try Self.required("pack", in: body)
        try await host.switchShop(hosted, to: pack, state: state)
        return try await status(hosted)
    }

    private func setFault(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        let name = try Self.required("name", in: body)
        var options: [String: Int] = [:]
        if let given = body["options"]?.fields {
            for (option, value) in zip(given.layout.names, given.values) {
                guard let number = value.integer else { throw ShopCore.Refusal("the option \"\(option)\" needs a whole number") }
                options[option] = number
            }
        }
        let isOn = body["on"]?.isTruthy ?? true
        let chosen = options
        try await hosted.change { core in
            if isOn { try await core.switchOn(name, options: chosen) } else { try await core.switchOff(name) }
        }
        return try await status(hosted)
    }

    private func deploy(_ hosted: HostedShop, _ body: Value) async throws -> Value {
        let text = try Self.required("text", in: body)
        let file = body["file"]?.text ?? "deployed"
        let title = body["title"]?.text ?? "Deployed by hand"
        let version = body["version"].flatMap { $0.isNull ? nil : $0.text }
        let weight = body["weight"]?.integer ?? 100
        guard (1...100).contains(weight) else { throw ShopCore.Refusal("weight is a share of the requests in percent, 1 to 100") }
        if case .string(let view)? = body["view"] {
            try await hosted.change { core in try core.deployView(Array(text.utf8), as: view) }
        } else {
            let service = try Self.required("service", in: body)
            let node = try JSONNode.parse(text.utf8, file: file)
            try await hosted.change { core in try await core.deploy(node, to: service, version: version, weight: weight, title: title) }
        }
        return try await status(hosted)
    }

    private func reset(_ hosted: HostedShop) async throws -> Value {
        try await hosted.change { core in try await core.reset() }
        return try await status(hosted)
    }
}
