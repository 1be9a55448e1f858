import Base
import HTTP
import Packs
import ShopTesting
import Storefront
import Testing

/// Whatever was done to a shop, a reset makes it equal to a fresh one; the same seed gives the same run.
struct ResetTests {
    private static let pack = TestPack(
        routes: #"""
            "GET /": [ { "step": "s", "do": "session.open", "cookie": "sid" }, { "do": "session.set", "session": "s.id", "values": { "n": "{(s.n? or 0) + 1}" } },
                       { "step": "pick", "do": "number", "from": 1, "to": 3 }, { "step": "price", "do": "call", "service": "prices", "path": "/prices/{pick}" },
                       { "do": "log", "text": "picked {pick}" }, { "step": "answer", "do": "respond", "json": { "pick": "{pick}", "cents": "{price.json.cents}" } } ],
            "POST /brands": [ { "step": "id", "do": "db.insert", "table": "brand", "values": { "name": "{request.form.name}" } }, { "do": "respond", "text": "{id}" } ],
            "POST /prices": [ { "do": "db.update", "table": "product", "values": { "price_cents": "{request.form.cents | int}" }, "where": "id = :id", "parameters": { "id": 1 } }, { "do": "respond", "text": "ok" } ],
            "GET /page": [ { "step": "products", "do": "records.list", "from": "product", "relations": ["brand"] }, { "do": "render", "view": "home", "model": { "products": "{products}" } } ]
            """#,
        settings:
            #""logs": { "line": "{time} {message} {trace_id}", "access": "{method} {path} {status} {duration_ms}" }, "background": { "tick": { "everyMilliseconds": 700, "steps": [ { "step": "n", "do": "number", "from": 0, "to": 9 }, { "do": "log", "text": "tick {n}" } ] } },"#,
        [
            "faults.json": """
            {
              "slow": { "title": "A", "shows": "a", "fix": "a", "proof": {}, "options": { "delay": { "default": 50, "minimum": 1, "maximum": 500 } },
                "patch": { "prices": { "GET /prices/{id}": { "nap": { "do": "sleep", "forMilliseconds": { "$option": "delay" }, "before": "answer" } } } } },
              "scan": { "title": "B", "shows": "b", "fix": "b", "proof": {}, "patch": { "shop": { "indexes": { "product_name": false } } } },
              "next": { "title": "C", "shows": "c", "fix": "c", "proof": {}, "deployment": { "service": "shop", "version": "1.7", "title": "Nicer" },
                "canary": { "service": "prices", "version": "3.0", "weight": 40, "patch": { "headers": { "Age": "1" } } } }
            }
            """, "states.json": #"{ "fixed": { "title": "Well" }, "broken": { "title": "Slow", "faults": ["slow", "scan"] } }"#,
        ])

    /// Does one thing at random; what is refused is refused.
    private static func act(_ shop: Shop, _ random: inout SeededRandom, cookies: inout [String]) async throws {
        let faults = ["slow", "scan", "next"]
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2:
            let response = await shop.get("/", headers: cookies.randomElement(using: &random).map { ["Cookie": $0] } ?? [:])
            if let cookie = response.headers["Set-Cookie"] { cookies.append(String(cookie.prefix { $0 != ";" })) }
        case 3: _ = await shop.post("/brands", "name=N\(Int.random(in: 0..<100, using: &random))", type: "application/x-www-form-urlencoded")
        case 4: _ = await shop.post("/prices", "cents=\(Int.random(in: 0..<10_000, using: &random))", type: "application/x-www-form-urlencoded")
        case 5:
            let (name, delay) = (faults.randomElement(using: &random)!, Int.random(in: 1...500, using: &random))
            try? await shop.with { try await $0.switchOn(name, options: name == "slow" ? ["delay": delay] : [:]) }
        case 6:
            let name = faults.randomElement(using: &random)!
            try? await shop.with { try await $0.switchOff(name) }
        case 7:
            let (service, weight) = (["shop", "prices"].randomElement(using: &random)!, [100, 100, 25].randomElement(using: &random)!)
            try await shop.with { core in
                let source = try core.source(of: service)
                let node = try JSONNode.parse(source.utf8, file: "edit").merging(
                    try JSONNode.parse(#"{ "headers": { "Via": "edit" } }"#.utf8, file: "edit"))
                try await core.deploy(node, to: service, weight: weight)
            }
        case 8: try await shop.with { try $0.deployView(Array("{{#products}}{{name}}{{/products}}".utf8), as: "home") }
        default:
            _ = await shop.get(["/page", "/none", "/page?x=1"].randomElement(using: &random)!)
            try await shop.loop.sleep(for: .milliseconds(Int.random(in: 1...2_000, using: &random)))
        }
    }

    private static func identifyingState(_ shop: Shop) async throws -> String {
        try await shop.with { core in
            let versions = core.services.map { service in
                service.name + ":" + service.deployments.map { "\($0.version)/\($0.weight)/\($0.title)" }.joined(separator: ",")
                    + " \(SourcePrinter.print(service.wiring).text.count)"
            }
            let counts = "\(core.recorder.spanCount) \(core.recorder.logCount) \(core.recorder.eventCount) \(core.sessions.count)"
            var random = core.world.random
            var identifiers = core.world.identifiers
            return "\(try await core.fingerprint()) \(versions) \(counts) \(core.activeFaults.map(\.name)) \(random.next()) \(identifiers.next())"
        }
    }

    @Test(arguments: [("fixed", UInt64(1)), ("fixed", 2), ("broken", 3), ("broken", 4), ("fixed", 5), ("broken", 6)])
    func `after any sequence a reset makes the shop equal to a fresh one`(_ state: String, _ seed: UInt64) throws {
        let (fresh, states, answers) = try withShop(Self.pack, state: state, seed: 77) { shop in
            let fresh = try await Self.identifyingState(shop)
            let firstAnswer = await shop.get("/").text
            var random = SeededRandom(seed: seed)
            var states: [String] = []
            var answers = [firstAnswer]
            for _ in 0..<8 {
                var cookies: [String] = []
                for _ in 0..<25 { try await Self.act(shop, &random, cookies: &cookies) }
                try await shop.with { try await $0.reset() }
                states.append(try await Self.identifyingState(shop))
                answers.append(await shop.get("/").text)
            }
            return (fresh, states, answers)
        }
        #expect(states == [String](repeating: fresh, count: 8))
        #expect(Set(answers).count == 1)
    }

    @Test func `the fingerprint sees data, sessions, faults, deployments and views`() throws {
        let prints = try withShop(Self.pack) { shop in
            var prints: [UInt64] = []
            func note() async throws { prints.append(try await shop.with { try await $0.fingerprint() }) }
            try await note()
            _ = await shop.post("/brands", "name=x", type: "application/x-www-form-urlencoded")
            try await note()
            _ = await shop.get("/")
            try await note()
            try await shop.with { try await $0.switchOn("slow") }
            try await note()
            try await shop.with { try await $0.switchOn("slow", options: ["delay": 60]) }
            try await note()
            try await shop.with { try $0.deployView(Array("x".utf8), as: "home") }
            try await note()
            return prints
        }
        #expect(Set(prints).count == 6)
    }

    private static func run(seed: UInt64) throws -> String {
        try withShop(pack, state: "broken", seed: seed) { shop in
            var random = SeededRandom(seed: 9)
            var cookies: [String] = []
            for _ in 0..<60 { try await Self.act(shop, &random, cookies: &cookies) }
            return try await shop.telemetry()
        }
    }

    @Test func `the same seed gives the same telemetry, byte for byte`() throws {
        let first = try Self.run(seed: 5)
        #expect(first.utf8.count > 10_000)
        #expect(try Self.run(seed: 5) == first)
        #expect(try Self.run(seed: 6) != first)
    }

    @Test func `a reset shop writes the telemetry of a fresh one`() throws {
        let (first, second) = try withShop(
            TestPack(routes: #""GET /": [ { "step": "n", "do": "number", "from": 1, "to": 1000 }, { "do": "respond", "text": "{n}" } ]"#)
        ) { shop in
            func run() async throws -> String {
                for _ in 0..<5 { _ = await shop.get("/") }
                return try await shop.with { core in
                    core.recorder.spans().elements.map { "\($0.trace.low) \($0.id) \($0.durationNanoseconds)" }.joined(separator: "\n")
                }
            }
            let first = try await run()
            try await shop.with { try await $0.reset() }
            return (first, try await run())
        }
        #expect(first.split(separator: "\n").count == 5)
        #expect(first == second)
    }

    @Test func `what requests do while a reset waits leaves nothing behind`() throws {
        let pack = TestPack(
            routes: #"""
                "GET /slow": [ { "do": "db.transaction", "steps": [ { "do": "sleep", "forMilliseconds": 1000 } ] }, { "do": "respond", "text": "done" } ],
                "GET /visit": [ { "step": "s", "do": "session.open", "cookie": "sid" }, { "step": "n", "do": "number", "from": 1, "to": 9 }, { "do": "respond", "text": "{n}" } ]
                """#)
        let (sessions, spans, fresh, after) = try withShop(pack, seed: 5) { shop in
            let fresh = try await shop.with { core in var random = core.world.random; return random.next() }
            let slow = Task(executorPreference: shop.loop) { _ = await shop.get("/slow") }
            try await shop.loop.sleep(for: .milliseconds(100))
            let reset = Task(executorPreference: shop.loop) { try await shop.with { try await $0.reset() } }
            try await shop.loop.sleep(for: .milliseconds(100))
            _ = await shop.get("/visit")
            try await reset.value
            let state = try await shop.with { core in var random = core.world.random; return (core.sessions.count, core.recorder.spanCount, random.next()) }
            await slow.value
            return (state.0, state.1, fresh, state.2)
        }
        #expect(sessions == 0)
        #expect(spans == 0)
        #expect(after == fresh)
    }

    @Test func `a reset gives back the connections that steps hold`() throws {
        let pack = TestPack(steps: #"{ "do": "db.hold", "connections": 2, "forMilliseconds": 3600000 }, { "do": "respond", "text": "held" }"#)
        let inUse = try withShop(pack) { shop in
            _ = await shop.get("/")
            let held = try await shop.with { $0.databases[0].statistics.inUse }
            try await shop.with { try await $0.reset() }
            return [held, try await shop.with { $0.databases[0].statistics.inUse }]
        }
        #expect(inUse == [2, 0])
    }
}
