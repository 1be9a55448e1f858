import Base
import HTTP
import Packs
import ShopTesting
import Testing

@testable import Storefront

/// Services whose statements run on the pods of another one, in simulated time.
@Suite struct StoreTests {
    private static func pack(_ deployment: String, store: String = #"{ "service": "prices" }"#, connections: Int = 50) -> TestPack {
        TestPack(
            routes: #"""
                "GET /": [
                  { "step": "count", "do": "db.value", "sql": "SELECT count(*) FROM product" }, { "step": "answer", "do": "respond", "json": { "count": "{count}" } }
                ]
                """#,
            settings: #""connections": \#(connections), "store": \#(store),"#,
            ["services/prices.json": #"{ "host": "prices-db", "port": 3306, "deployment": \#(deployment), "routes": {} }"#])
    }

    /// Asks so many times at once; statuses and milliseconds in the order of the answers.
    private static func rush(_ count: Int, _ shop: Shop) async -> [(status: Int, milliseconds: Int)] {
        let start = shop.loop.now
        return await withTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: shop.loop) { (await shop.get("/").status, Int((shop.loop.now - start).milliseconds.rounded())) }
            }
            var answers: [(status: Int, milliseconds: Int)] = []
            for await (status, time) in group { answers.append((status, time)) }
            return answers.sorted { $0.milliseconds < $1.milliseconds }
        }
    }

    private static let limited = #"{ "queueForProcessor": true, "usage": { "cpuMillisecondsPerRequest": 10 }, "resources": { "limits": { "cpu": "100m" } } }"#

    @Test func `statements wait for the store's processor, each with its connection`() throws {
        try withShop(Self.pack(Self.limited)) { shop in
            async let answers = Self.rush(6, shop)
            try await shop.loop.sleep(for: .milliseconds(50))
            #expect(try await shop.with { $0.databases[0].statistics.inUse } == 6)
            let times = await answers
            #expect(times.map(\.status) == [200, 200, 200, 200, 200, 200])
            #expect(times.map(\.milliseconds) == [100, 200, 300, 400, 500, 600])
        }
    }

    @Test func `who has waited too long gives up, and leaves its turn to others`() throws {
        try withShop(Self.pack(Self.limited, store: #"{ "service": "prices", "timeoutMilliseconds": 250 }"#)) { shop in
            let first = await Self.rush(6, shop)
            #expect(first.map(\.status) == [200, 200, 500, 500, 500, 500])
            #expect(first.map(\.milliseconds) == [100, 200, 250, 250, 250, 250] || first.map(\.milliseconds) == [100, 200, 250, 250, 250, 300])
            let answer = await Self.rush(1, shop)
            #expect(answer.map(\.status) == [200])
            #expect(answer[0].milliseconds <= 200)
            let inUse = try await shop.with { $0.databases[0].statistics.inUse }
            #expect(inUse == 0)
        }
    }

    @Test func `without a limit nobody waits, and the store counts all the same`() throws {
        try withShop(Self.pack(#"{ "queueForProcessor": true, "usage": { "cpu": "1m", "cpuMillisecondsPerRequest": 10 } }"#)) { shop in
            let last = await Self.rush(20, shop).last
            #expect(last?.status == 200 && last?.milliseconds ?? 9 < 2)
            try await shop.loop.sleep(for: .milliseconds(1_100))
            let pod = try await shop.with { $0.clusterDeployments[0].pods[0] }
            #expect(pod.millicores > 100, "\(pod.millicores)")
            #expect(pod.receivedBytesPerSecond > 20 * 28, "\(pod.receivedBytesPerSecond)")
        }
    }

    @Test func `a store without pods refuses`() throws {
        try withShop(Self.pack(#"{ "replicas": 0 }"#)) { shop in
            let answer = await shop.get("/")
            #expect(answer.status == 500)
            #expect(answer.text.contains("dial tcp prices-db:3306: connect: connection refused"), "\(answer.text)")
        }
    }

    @Test func `a store that does not exist is reported with its place`() throws {
        let error = #expect(throws: Problems.self) { try PreparedPack(Self.pack("{}", store: #"{ "service": "pricez" }"#).packFiles, handlers: .builtIn) }
        #expect(error?.list.contains { "\($0)".contains("did you mean \"prices\"?") } == true, "\(String(describing: error))")
    }

    @Test func `only services with routes listen`() throws {
        let pack = try PreparedPack(Self.pack("{}").packFiles, handlers: .builtIn).pack
        #expect(pack.services.filter { pack.listens($0) } == ["shop"])
    }
}
