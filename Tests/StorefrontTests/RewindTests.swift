import Base
import Database
import HTTP
import Packs
import ShopTesting
import Storefront
import Testing

/// What judging a learner's work needs: the same code on another day, in a world where rare things happen, and what was changed.
struct RewindTests {
    private static let pack = TestPack(
        routes: #"""
            "GET /": [ { "step": "n", "do": "db.value", "sql": "SELECT count(*) FROM brand" },
                       { "step": "rare", "do": "sometimes", "percentage": "0.001", "then": [ { "do": "respond", "text": "rare" } ] }, { "do": "respond", "text": "{n}" } ],
            "POST /": [ { "step": "id", "do": "db.insert", "table": "brand", "values": { "name": "new" } }, { "do": "respond", "text": "{id}" } ]
            """#,
        settings: #""logs": { "line": "{message}" }, "background": { "daily": { "everyMilliseconds": 86400000, "steps": [ { "do": "log", "text": "daily" } ] } },"#)

    private static func edited(_ shop: Shop) async throws -> String {
        try await shop.with { try $0.source(of: "shop").replacing("\"{n}\"", with: "\"{n} brands\"") }
    }

    @Test func `rewinding brings the first data back and keeps what was deployed and switched on`() throws {
        try withShop(Self.pack) { shop in
            let node = try JSONNode.parse(try await Self.edited(shop).utf8, file: "mine.json")
            try await shop.with { core in
                try await core.switchOn("slow-prices")
                try await core.deploy(node, to: "shop")
            }
            _ = await shop.post("/", "", type: "text/plain")
            #expect(await shop.get("/").text == "3 brands")
            try await shop.with { core in
                try await core.rewind { databases in _ = try await databases["main"]?.query(Statement("DELETE FROM brand WHERE id = 99")) }
                #expect(core.recorder.spanCount == 0)
                #expect(core.activeFaults.map(\.name) == ["slow-prices"])
            }
            #expect(await shop.get("/").text == "2 brands")
        }
    }

    @Test func `where every chance is certain the rare happens at once and the daily within seconds`() throws {
        try withShop(Self.pack) { shop in
            #expect(await shop.get("/").text == "2")
            try await shop.with { core in
                core.world.isEveryChanceCertain = true
                try await core.rewind()
            }
            #expect(await shop.get("/").text == "rare")
            try await shop.loop.sleep(for: .seconds(11))
            #expect(try await shop.with { core in core.recorder.logs().elements.count { $0.message == "daily" } } == 2)
        }
    }

    @Test func `a submission holds what was deployed, and no fault that was switched off`() throws {
        try withShop(Self.pack, state: "broken") { shop in
            #expect(try await shop.with { $0.submission() } == Submission())
            try await shop.with { try await $0.switchOff("slow-prices") }
            #expect(try await shop.with { $0.submission() } == Submission())
            let text = try await Self.edited(shop)
            let node = try JSONNode.parse(text.utf8, file: "mine.json")
            try await shop.with { core in
                try await core.deploy(node, to: "shop", version: "9", weight: 30, title: "Mine")
                try core.deployView(Array("<p>home</p>\n".utf8), as: "home")
            }
            let submission = try await shop.with { $0.submission() }
            #expect(submission.services.map(\.name) == ["shop"])
            #expect(submission.services.first?.versions.map(\.weight) == [70, 30])
            #expect(submission.services.first?.versions.last == Submission.Version(version: "9", weight: 30, title: "Mine", text: text))
            #expect(submission.views == [Submission.View("home", "<p>home</p>\n")])
        }
    }

    @Test func `a shop opened with a submission is as one in which it was deployed`() throws {
        let prepared = try PreparedPack(Self.pack.packFiles, handlers: .builtIn)
        let submission = try withShop(Self.pack) { shop in
            let node = try JSONNode.parse(try await Self.edited(shop).utf8, file: "mine.json")
            try await shop.with { try await $0.deploy(node, to: "shop", weight: 40, title: "Mine") }
            return try await shop.with { $0.submission() }
        }
        let loop = try EventLoop(virtualFrom: startOfTests)
        let again = try loop.run {
            let shop = Shop(name: "again", loop: loop)
            try await shop.open { try await ShopCore.make(prepared, state: "fixed", configuration: ShopConfiguration(), on: $0, submission: submission) }
            let again = try await shop.with { core in
                core.giveAllRequests(toVersionAt: 1)
                return core.submission()
            }
            #expect(await shop.get("/").text == "2 brands")
            await shop.close()
            return again
        }
        #expect(again.services.first?.versions.map(\.text) == submission.services.first?.versions.suffix(1).map(\.text))
    }
}
