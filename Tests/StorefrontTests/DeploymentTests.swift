import Base
import HTTP
import Packs
import ShopTesting
import Storefront
import Testing

struct DeploymentTests {
    private static func wiring(_ text: String, extra: String = "") throws -> JSONNode {
        try JSONNode.parse(
            #"{ "version": "9", "port": 3000, \#(extra) "routes": { "GET /": [ { "do": "respond", "text": "\#(text)" } ] } }"#.utf8, file: "shop.json"
        )
    }

    private static let plain = TestPack(steps: #"{ "do": "respond", "text": "old" }"#)

    @Test func `a request in flight finishes on the version that took it`() throws {
        let pack = TestPack(steps: #"{ "do": "sleep", "forMilliseconds": 1000 }, { "do": "respond", "text": "old {service.version}" }"#)
        let answers = try withShop(pack) { shop in
            let waiting = Task(executorPreference: shop.loop) { await shop.get("/").text }
            try await shop.loop.sleep(for: .milliseconds(500))
            try await shop.with { try await $0.deploy(Self.wiring("new {service.version}"), to: "shop") }
            let after = await shop.get("/").text
            return [after, await waiting.value]
        }
        #expect(answers == ["new 1.1", "old 1.0"])
    }

    @Test(arguments: [(20, 100.0), (50, 250), (0, 0)])
    func `a canary takes its share of the requests`(_ weight: Int, _ expected: Double) throws {
        func hits(_ seed: UInt64) throws -> Int {
            try withShop(Self.plain, seed: seed) { shop in
                try await shop.with { try await $0.deploy(Self.wiring("new"), to: "shop", weight: weight) }
                var hits = 0
                for _ in 0..<500 where await shop.get("/").text == "new" { hits += 1 }
                return hits
            }
        }
        // Four deviations of a binomial draw.
        let share = Double(weight) / 100
        let tolerance = 4 * (500 * share * (1 - share)).squareRoot()
        #expect(abs(Double(try hits(1)) - expected) <= tolerance)
        #expect(abs(Double(try hits(2)) - expected) <= tolerance)
        #expect(try hits(3) == hits(3))
    }

    @Test func `a canary of a fault stands beside the version before`() throws {
        let fault =
            #"{ "next": { "title": "N", "shows": "n", "fix": "n", "proof": {}, "canary": { "service": "shop", "version": "2.0", "weight": 30, "patch": { "GET /": { "answer": { "text": "new" } } } } } }"#
        let pack = TestPack(
            steps: #"{ "step": "answer", "do": "respond", "text": "old" }"#,
            ["faults.json": fault, "states.json": #"{ "fixed": { "title": "Well" }, "broken": { "title": "B", "faults": ["next"] } }"#])
        let (versions, texts) = try withShop(pack, state: "broken") { shop in
            var texts: Set<String> = []
            for _ in 0..<50 { texts.insert(await shop.get("/").text) }
            return (try await shop.with { core in core.service(named: "shop")!.deployments.map { "\($0.version) \($0.weight) \($0.title)" } }, texts)
        }
        #expect(versions == ["1.0 70 Initial version", "2.0 30 Version 2.0"])
        #expect(texts == ["old", "new"])
    }

    @Test func `a learner's canary stays when a fault of another service comes and goes`() throws {
        let versions = try withShop(TestPack()) { shop in
            let source = try await shop.with { try $0.source(of: "shop") }
            try await shop.with { try await $0.deploy(try JSONNode.parse(source.utf8, file: "shop.json"), to: "shop", weight: 10) }
            var versions: [String] = []
            func note() async throws {
                versions.append(
                    try await shop.with { core in
                        core.service(named: "shop")!.deployments.map { "\($0.version) \($0.weight)" }.joined(separator: ", ")
                    })
            }
            try await note()
            try await shop.with { try await $0.switchOn("slow-prices") }
            try await note()
            try await shop.with { try await $0.switchOff("slow-prices") }
            try await note()
            try await shop.with { try await $0.reset() }
            try await note()
            return versions
        }
        #expect(versions == ["1.0 90, 1.1 10", "1.0 90, 1.1 10", "1.0 90, 1.1 10", "1.0 100"])
    }

    @Test func `a fault that changes a deployed service replaces the learner's version`() throws {
        let source = try withShop(TestPack()) { shop in
            let edited = try JSONNode.parse(
                #"{ "port": 3001, "routes": { "GET /prices/{id}": [ { "do": "respond", "json": { "cents": 1 } } ] } }"#.utf8, file: "prices.json")
            try await shop.with { try await $0.deploy(edited, to: "prices") }
            try await shop.with { try await $0.switchOn("slow-prices") }
            return try await shop.with { try $0.source(of: "prices") }
        }
        #expect(source.contains("forMilliseconds"))
        #expect(source.contains("SELECT price_cents"))
    }

    @Test func `a wrong wiring is refused and the shop stays as it was`() throws {
        let (problem, text, version) = try withShop(Self.plain) { shop in
            var problem = ""
            do {
                try await shop.with {
                    try await $0.deploy(try JSONNode.parse(#"{ "routes": { "GET /": [ { "do": "respnd" } ] } }"#.utf8, file: "shop.json"), to: "shop")
                }
            } catch { problem = "\(error)" }
            return (problem, await shop.get("/").text, try await shop.with { $0.service(named: "shop")!.deployments[0].version })
        }
        #expect(problem == #"shop.json:1:34: /routes/GET ~1/0/do: no operation is named "respnd"; did you mean "respond"?"#)
        #expect(text == "old")
        #expect(version == "1.0")
    }

    @Test func `the printed source can be deployed as it is`() throws {
        let (first, second, version) = try withShop(TestPack()) { shop in
            let source = try await shop.with { try $0.source(of: "shop") }
            try await shop.with { try await $0.deploy(try JSONNode.parse(source.utf8, file: "shop.json"), to: "shop", title: "Same again") }
            return (
                source, try await shop.with { try $0.source(of: "shop") },
                try await shop.with { core in core.service(named: "shop")!.deployments[0].version }
            )
        }
        #expect(first == second)
        #expect(version == "1.1")
    }

    @Test func `a fault on and off leaves the source as it was, and its options show in it`() throws {
        let sources = try withShop(TestPack()) { shop in
            var sources = [try await shop.with { try $0.source(of: "prices") }]
            for delay in [100, 2_000] {
                try await shop.with { try await $0.switchOn("slow-prices", options: ["delay": delay]) }
                sources.append(try await shop.with { try $0.source(of: "prices") })
            }
            try await shop.with { try await $0.switchOff("slow-prices") }
            sources.append(try await shop.with { try $0.source(of: "prices") })
            return sources
        }
        #expect(sources[0] == sources[3])
        #expect(sources[1].contains(#"{ "step": "nap", "do": "sleep", "forMilliseconds": 100 }"#))
        #expect(sources[2].contains(#""forMilliseconds": 2000"#))
        #expect(!sources[1].contains("slow-prices"))
    }

    @Test(arguments: [
        ("on:slwo-prices", #"the pack "kiosk" has no fault "slwo-prices"; did you mean "slow-prices"?"#),
        ("off:slow-prices", #"the fault "slow-prices" is not on"#),
        ("deploy:shpo", #"the pack "kiosk" has no service "shpo"; did you mean "shop"?"#),
        ("view:hame", #"the pack has no view "hame"; did you mean "home"?"#),
        ("on:slow-prices", #"kiosk/faults.json:2:3: /slow-prices: delay=1 is out of range; allowed are 10 to 60000"#),
    ])
    func `what does not exist is refused with the right name`(_ action: String, _ message: String) throws {
        let parts = action.split(separator: ":").map(String.init)
        let error = try withShop(TestPack()) { shop in
            do {
                switch parts[0] {
                case "on": try await shop.with { try await $0.switchOn(parts[1], options: ["delay": 1]) }
                case "off": try await shop.with { try await $0.switchOff(parts[1]) }
                case "view": try await shop.with { try $0.deployView([], as: parts[1]) }
                default: try await shop.with { try await $0.deploy(Self.wiring("x"), to: parts[1]) }
                }
                return ""
            } catch { return "\(error)" }
        }
        #expect(error == message)
    }

    @Test func `requests are counted for the version that answered them, however many versions come and go`() throws {
        let counts = try withShop(Self.plain) { shop in
            for number in 0..<200 {
                try await shop.with { try await $0.deploy(Self.wiring("new"), to: "shop", version: "v\(number)") }
                _ = await shop.get("/")
                _ = await shop.get("/nothing")
            }
            return try await shop.with { core in
                let family = core.recorder.metrics.snapshot().first { $0.name == "http.server.request.duration" }
                return (family?.points ?? []).map { point in if case .distribution(let all) = point.value { Int(all.count) } else { 0 } }
            }
        }
        #expect(counts == [Int](repeating: 1, count: 400))
    }

    @Test func `a learner's view is used until the reset`() throws {
        let texts = try withShop(TestPack()) { shop in
            var texts = [await shop.get("/").text]
            try await shop.with { try $0.deployView(Array("{{#products}}{{name}} {{/products}}".utf8), as: "home") }
            texts.append(await shop.get("/").text)
            try await shop.with { try await $0.reset() }
            texts.append(await shop.get("/").text)
            return texts
        }
        #expect(texts[1] == "Tea Cup Spoon ")
        #expect(texts[0] == texts[2])
    }
}

struct BackgroundTests {
    private static let pack = TestPack(
        steps: #"{ "step": "n", "do": "db.value", "sql": "SELECT COUNT(*) FROM brand" }, { "do": "respond", "text": "{n}" }"#,
        settings:
            #""background": { "grow": { "everyMilliseconds": 1000, "steps": [ { "do": "db.insert", "table": "brand", "values": { "name": "More" } } ] } }, "#
    )

    @Test func `a task runs again and again, and a slow or failing run does not end it`() throws {
        let counts = try withShop(Self.pack) { shop in
            var counts = [await shop.get("/").text]
            for _ in 0..<3 {
                try await shop.loop.sleep(for: .milliseconds(2_010))
                counts.append(await shop.get("/").text)
            }
            return counts
        }
        #expect(counts == ["2", "4", "6", "8"])
        let failing = TestPack(
            steps: #"{ "do": "respond", "text": "ok" }"#,
            settings:
                #""logs": { "line": "{logger}: {message}" }, "background": { "break": { "everyMilliseconds": 1000, "steps": [ { "do": "fail", "message": "out of order" } ] } }, "#
        )
        let lines = try withShop(failing) { shop in
            try await shop.loop.sleep(for: .milliseconds(3_500))
            return try await shop.with { $0.recorder.logs().elements.map(\.line) }
        }
        #expect(lines == ["break: out of order", "break: out of order", "break: out of order"])
    }

    @Test func `a task ends with its version and with its shop`() throws {
        let (before, after) = try withShop(Self.pack) { shop in
            try await shop.loop.sleep(for: .milliseconds(1_500))
            let before = await shop.get("/").text
            let source = try await shop.with { try $0.source(of: "shop") }
            let without = try JSONNode.parse(source.utf8, file: "shop.json").merging(
                try JSONNode.parse(#"{ "background": null }"#.utf8, file: "patch"))
            try await shop.with { try await $0.deploy(without, to: "shop") }
            try await shop.loop.sleep(for: .seconds(10))
            return (before, await shop.get("/").text)
        }
        #expect(before == "3")
        #expect(after == "3")
    }

    @Test func `a shop in the place of another ends its tasks`() throws {
        let prepared = try PreparedPack(Self.pack.packFiles, handlers: .builtIn)
        let loop = try EventLoop(virtualFrom: startOfTests)
        let shop = Shop(name: "test", loop: loop)
        let counts = try loop.run {
            let make: @Sendable (EventLoop) async throws -> ShopCore = {
                try await ShopCore.make(prepared, state: "fixed", configuration: ShopConfiguration(), on: $0)
            }
            try await shop.open(make)
            let first = try await shop.with { Unchecked(core: $0) }
            try await loop.sleep(for: .milliseconds(1_500))
            try await shop.open(make)
            try await loop.sleep(for: .milliseconds(5_500))
            let old = await first.core.handle("shop", Request(method: "GET", target: "/")).text
            let new = await shop.get("/").text
            await shop.close()
            let closed = await shop.get("/").status
            return [old, new, "\(closed)"]
        }
        #expect(counts == ["3", "7", "503"])
    }
}

// @unchecked Sendable: the test uses the core only on the loop that owns it.
private struct Unchecked: @unchecked Sendable { let core: ShopCore }
