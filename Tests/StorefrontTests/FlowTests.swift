import Base
import HTTP
import ShopTesting
import Storefront
import Testing

struct FlowTests {
    @Test(arguments: [
        (#"{ "do": "when", "if": "1 < 2", "then": [ { "do": "respond", "text": "yes" } ], "else": [ { "do": "respond", "text": "no" } ] }"#, "yes"),
        (#"{ "do": "when", "if": "1 > 2", "then": [ { "do": "respond", "text": "yes" } ] }, { "do": "respond", "text": "after" }"#, "after"),
        (#"{ "do": "respond", "text": "first" }, { "do": "fail", "message": "never reached" }"#, "first"),
        (
            #"{ "do": "each", "each": "n in 3 | range", "steps": [ { "do": "when", "if": "n == 2", "then": [ { "do": "respond", "text": "stopped at {n}" } ] } ] }"#,
            "stopped at 2"
        ),
        (#"{ "do": "each", "each": "n in null", "steps": [ { "do": "fail", "message": "no" } ] }, { "do": "respond", "text": "none" }"#, "none"),
        (#"{ "step": "a", "do": "set", "value": { "b": [1, "{service.name}"] } }, { "do": "respond", "text": "{a.b.1}{a.b.0}" }"#, "shop1"),
        (
            #"{ "do": "attempt", "steps": [ { "do": "fail", "message": "lost", "type": "Oops" } ], "rescue": [ { "do": "respond", "text": "{error.type}: {error.message}" } ] }"#,
            "Oops: lost"
        ),
        (
            #"{ "do": "attempt", "steps": [ { "do": "fail", "message": "a" } ], "rescue": [ { "do": "attempt", "steps": [ { "do": "fail", "message": "b" } ], "rescue": [] }, { "do": "respond", "text": "{error.message}" } ] }"#,
            "a"
        ),
        (
            #"{ "step": "list", "do": "collect", "each": "n in 3 | range", "steps": [ { "step": "twice", "do": "set", "value": "{n * 2}" } ], "gives": { "n": "{n}", "twice": "{twice}" } }, { "do": "respond", "text": "{list | json}" }"#,
            #"[{"n":1,"twice":2},{"n":2,"twice":4},{"n":3,"twice":6}]"#
        ),
        (#"{ "step": "list", "do": "collect", "each": "n in null", "steps": [], "gives": "{n}" }, { "do": "respond", "text": "{list.count}" }"#, "0"),
        (
            #"{ "do": "collect", "each": "n in 3 | range", "steps": [ { "do": "when", "if": "n == 2", "then": [ { "do": "respond", "text": "stopped at {n}" } ] } ], "gives": "{n}" }"#,
            "stopped at 2"
        ),
        (
            #"{ "step": "tried", "do": "attempt", "steps": [ { "step": "a", "do": "set", "value": 4 } ], "gives": "{a + 1}", "rescue": [] }, { "do": "respond", "text": "{tried}" }"#,
            "5"
        ),
        (
            #"{ "step": "tried", "do": "attempt", "steps": [ { "step": "a", "do": "set", "value": 4 }, { "do": "fail", "message": "no" } ], "gives": "{a}", "rescue": [] }, { "do": "respond", "text": "{tried | json}" }"#,
            "null"
        ),
        (
            #"{ "step": "one", "do": "choose", "from": "'a,b,c' | split: ','" }, { "do": "respond", "text": "{one in ('a,b,c' | split: ',')}" }"#,
            "true"
        ),
        (#"{ "step": "one", "do": "choose", "from": "service.name", "otherwise": "no list", "type": "TypeError" }"#, #"{"error":"no list"}"#),
        (#"{ "step": "t", "do": "token", "length": 40 }, { "do": "respond", "text": "{t | length}" }"#, "40"),
        (#"{ "step": "t", "do": "token", "length": 40, "digits": "hex" }, { "do": "respond", "text": "{t | length} {t == (t | lower)}" }"#, "40 true"),
        (#"{ "step": "u", "do": "uuid" }, { "do": "respond", "text": "{u | length} {u | split: '-' | count}" }"#, "36 5"),
        (
            #"{ "do": "attempt", "steps": [ { "step": "a", "do": "set", "value": 1 }, { "do": "fail", "message": "lost" }, { "step": "b", "do": "set", "value": 2 } ], "rescue": [] }, { "do": "respond", "text": "{a} {b == null}" }"#,
            "1 true"
        ),
        (#"{ "step": "n", "do": "number", "from": 7, "to": 7 }, { "do": "respond", "text": "{n}" }"#, "7"),
        (
            #"{ "do": "parallel", "branches": { "a": [ { "step": "left", "do": "set", "value": 1 } ], "b": [ { "step": "right", "do": "set", "value": 2 } ] } }, { "do": "respond", "text": "{left + right}" }"#,
            "3"
        ),
        (
            #"{ "do": "parallel", "branches": { "a": [ { "do": "fail", "message": "branch broke" } ], "b": [ { "do": "set", "value": 2 } ] } }, { "do": "respond", "text": "no" }"#,
            #"{"error":"branch broke"}"#
        ),
    ])
    func `steps answer this`(_ steps: String, _ expected: String) throws {
        #expect(try answer(TestPack(steps: steps)) == expected)
    }

    @Test func `a name declared inside a branch is unknown after it`() {
        let pack = TestPack(
            steps: #"{ "do": "when", "if": "1", "then": [ { "step": "inner", "do": "set", "value": 1 } ] }, { "do": "respond", "text": "{inner}" }"#)
        #expect(throws: Problems.self) { try answer(pack) }
    }

    @Test func `procedures take arguments and give a result, or answer for the route`() throws {
        let procedures = #"""
            "procedures": {
              "double": { "takes": ["n"], "steps": [ { "step": "twice", "do": "set", "value": "{n * 2}" } ], "gives": { "value": "{twice}" } },
              "guard": { "takes": ["token"], "steps": [ { "do": "when", "if": "token != 'ok'", "then": [ { "do": "respond", "status": 403, "text": "no" } ] } ] } },
            """#
        let steps = #"""
            { "do": "perform", "procedure": "guard", "with": { "token": "{request.query.token}" } },
            { "step": "a", "do": "perform", "procedure": "double", "with": { "n": 4 } }, { "step": "b", "do": "perform", "procedure": "double", "with": { "n": "{a.value}" } },
            { "do": "respond", "text": "{a.value} {b.value}" }
            """#
        let pack = TestPack(steps: steps, settings: procedures)
        #expect(try answer(pack, "/?token=ok") == "8 16")
        let refused = try withShop(pack) { await $0.get("/?token=bad") }
        #expect(refused.status == 403)
        #expect(refused.text == "no")
    }

    @Test func `steps under before run ahead of every route that does not opt out`() throws {
        let pack = TestPack(
            routes: #""GET /a": [ { "do": "respond", "text": "a" } ], "GET /b": { "before": false, "steps": [ { "do": "respond", "text": "b" } ] }"#,
            settings:
                #""before": [ { "do": "when", "if": "not request.query.key", "then": [ { "do": "respond", "status": 401, "text": "key?" } ] } ],"#)
        let answers = try withShop(pack) { shop in [await shop.get("/a").text, await shop.get("/a?key=1").text, await shop.get("/b").text] }
        #expect(answers == ["key?", "a", "b"])
    }

    // MARK: Waiting in simulated time

    private static func durations(_ sleep: String, count: Int = 400) throws -> [Double] {
        try withShop(TestPack(steps: #"{ "do": "sleep", \#(sleep) }, { "do": "respond", "text": "ok" }"#)) { shop in
            for _ in 0..<count { _ = await shop.get("/") }
            return try await shop.spans(of: "shop").map(\.milliseconds)
        }
    }

    @Test func `a fixed sleep takes exactly its time`() throws {
        #expect(try Set(Self.durations(#""forMilliseconds": 2500"#, count: 5)) == [2_500])
        #expect(try Set(Self.durations(#""forMilliseconds": 0.25"#, count: 5)) == [0.25])
    }

    @Test func `a sleep of several times takes their sum`() throws {
        let times = #""times": "1 + 2""#
        #expect(try Set(Self.durations(#""forMilliseconds": 50, "# + times, count: 2)) == [150])
        let random = try Self.durations(#""minimumMilliseconds": 100, "maximumMilliseconds": 300, "# + times)
        #expect(random.allSatisfy { (300...900).contains($0) })
        #expect(abs(random.reduce(0, +) / 400 - 600) < 20)
        #expect(Set(random).count > 300)
        for count in ["0", "-1", "x"] { #expect(try Self.durations(#""forMilliseconds": 50, "times": "'\#(count)'""#, count: 1) == [0]) }
    }

    @Test func `a uniform sleep stays within its bounds and fills them`() throws {
        let times = try Self.durations(#""minimumMilliseconds": 100, "maximumMilliseconds": 300"#)
        #expect(times.allSatisfy { (100...300).contains($0) })
        #expect(times.min()! < 105)
        #expect(times.max()! > 295)
        #expect(abs(times.reduce(0, +) / 400 - 200) < 10)
    }

    @Test func `a normal sleep has its mean and deviation`() throws {
        let times = try Self.durations(#""meanMilliseconds": 200, "deviationMilliseconds": 20"#)
        let mean = times.reduce(0, +) / 400
        let variance = times.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 400
        #expect(abs(mean - 200) < 4)
        #expect(abs(variance.squareRoot() - 20) < 3)
    }

    @Test func `a log-normal sleep has its median and a long tail`() throws {
        let times = try Self.durations(#""medianMilliseconds": 100, "sigma": 1"#).sorted()
        #expect(abs(times[200] - 100) < 15)
        #expect(times[380] > 350)
        #expect(times[0] > 0)
    }

    @Test(arguments: [(0, 0), (100, 200), (25, 50)])
    func `sometimes chooses the share of requests it says`(_ percentage: Int, _ expected: Int) throws {
        let pack = TestPack(
            steps:
                #"{ "do": "sometimes", "percentage": \#(percentage), "then": [ { "do": "respond", "text": "hit" } ], "else": [ { "do": "respond", "text": "" } ] }"#
        )
        let hits = try withShop(pack) { shop in
            var hits = 0
            for _ in 0..<200 where await shop.get("/").text == "hit" { hits += 1 }
            return hits
        }
        #expect(abs(hits - expected) <= (percentage == 25 ? 20 : 0))
    }

    @Test func `branches of parallel wait at the same time`() throws {
        let branch = #"[ { "do": "sleep", "forMilliseconds": 300 } ]"#
        let pack = TestPack(
            steps:
                #"{ "do": "parallel", "branches": { "a": \#(branch), "b": \#(branch), "c": [ { "do": "sleep", "forMilliseconds": 500 } ] } }, { "do": "respond", "text": "ok" }"#
        )
        let times = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.spans(of: "shop").map(\.milliseconds)
        }
        #expect(times == [500])
    }
}
