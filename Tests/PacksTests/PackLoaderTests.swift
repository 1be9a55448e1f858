import Base
import Packs
import ShopTesting
import Storefront
import Testing

struct PackLoaderTests {
    private func load(_ changes: [String: String] = [:]) throws -> Pack { try PackLoader.load(TestPack(changes).packFiles) }

    @Test func `a pack is read with everything in it`() throws {
        let pack = try load()
        #expect(pack.name == "kiosk")
        #expect(pack.services == ["shop", "prices"])
        #expect(pack.entry == "shop")
        #expect(pack.environment == "test")
        #expect(pack.aliases.map(\.alias) == ["PRICES"])
        #expect(pack.rum == nil)
        #expect(pack.stateNames == ["fixed", "healthy", "broken"])
        #expect(pack.state(named: "healthy")?.name == "fixed")
        #expect(pack.state(named: "broken")?.faults == ["slow-prices"])
        #expect(pack.state(named: "ruined") == nil)
        #expect(pack.fault(named: "slow-prices")?.options.map(\.standard) == [2500])
    }

    @Test func `tables keep their columns, relations, indexes and rows`() throws {
        let pack = try load()
        let product = try #require(pack.table(named: "product", in: "main"))
        #expect(pack.databases.map(\.isShared) == [true])
        #expect(product.columns.map(\.name) == ["id", "name", "price_cents", "brand_id"])
        #expect(product.columns.map(\.kind) == [.id, .text, .integer, .integer])
        #expect(product.columns.map(\.isNullable) == [false, false, false, true])
        #expect(product.columns[3].references == "brand")
        #expect(product.indexes.map(\.name) == ["product_name"])
        #expect(product.indexes.map(\.columns) == [["name"]])
        #expect(product.rows == [[1, "Tea", 350, 1], [2, "Cup", 1200, 2], [3, "Spoon", 99, 1]])
    }

    @Test(arguments: [
        (#""product(name)""#, ["name"]), (#""product(price_cents, name)""#, ["price_cents", "name"]), (#"["name", "id"]"#, ["name", "id"]),
    ])
    func `an index is written as in SQL or as a list`(_ index: String, _ columns: [String]) throws {
        let tables = TestPack.base["data/tables.json"]!.replacing(#""product(name)""#, with: index)
        #expect(try load(["data/tables.json": tables]).table(named: "product", in: "main")?.indexes[0].columns == columns)
    }

    @Test func `a null may stand where the column is nullable`() throws {
        let rows = #"{ "table": "product", "columns": ["id", "name", "price_cents", "brand_id"], "rows": [[1, "Tea", 350, null]] }"#
        #expect(try load(["data/products.json": rows]).table(named: "product", in: "main")?.rows == [[1, "Tea", 350, .null]])
    }

    @Test func `options of a fault are filled in with standard and chosen numbers`() throws {
        let fault = try #require(try load().fault(named: "slow-prices"))
        func delay(_ values: [String: Int]) throws -> Value? {
            try fault.change(with: values).patches[0].patch["GET /prices/{id}"]?["nap"]?["forMilliseconds"]?.value
        }
        #expect(try delay([:]) == 2500)
        #expect(try delay(["delay": 10]) == 10)
        #expect(try delay(["delay": 60_000]) == 60_000)
    }

    @Test(arguments: [
        (["delay": 9], "delay=9 is out of range; allowed are 10 to 60000"),
        (["delay": 60_001], "delay=60001 is out of range; allowed are 10 to 60000"),
        (["dleay": 50], #"the fault "slow-prices" has no option "dleay"; did you mean "delay"?"#),
    ])
    func `a wrong option is refused with what is allowed`(_ values: [String: Int], _ message: String) throws {
        let fault = try #require(try load().fault(named: "slow-prices"))
        let error = #expect(throws: FaultDefinition.OptionError.self) { try fault.change(with: values) }
        #expect(error?.description == message)
    }
}

struct WiringTests {
    private static let faults = """
        {
          "late": { "title": "A", "shows": "a", "fix": "a", "proof": {}, "patch": { "shop": { "GET /": { "page": { "status": 500 } } } } },
          "later": { "title": "B", "shows": "b", "fix": "b", "proof": {}, "patch": { "shop": { "routes": { "GET /": { "page": { "status": 501 } } } } } },
          "gone": { "title": "C", "shows": "c", "fix": "c", "proof": {}, "patch": { "shop": { "GET /": { "page": null } } } },
          "apart": { "title": "D", "shows": "d", "fix": "d", "proof": {}, "patch": { "prices": { "headers": { "Age": "1" } } } },
          "next": { "title": "E", "shows": "e", "fix": "e", "proof": {}, "canary": { "service": "prices", "version": "3.0", "weight": 20 } }
        }
        """

    private static func pack() throws -> Pack {
        try PackLoader.load(
            TestPack(["faults.json": faults, "states.json": #"{ "fixed": { "title": "Well" }, "broken": { "title": "Late", "faults": ["late"] } }"#])
                .packFiles)
    }

    private static func wiring(_ faults: [String]) throws -> Wiring {
        let pack = try pack()
        return try Wiring(pack, state: pack.state(named: "fixed")!, faults: faults.map { ActiveFault(name: $0) })
    }

    @Test(arguments: [
        (["late", "later"], #""later" and "late" both change shop/routes/GET ~1/page/status; switch one of them off first"#),
        (["late", "gone"], #""gone" and "late" both change shop/routes/GET ~1/page/status; switch one of them off first"#),
    ])
    func `two faults at one key are refused by name`(_ faults: [String], _ message: String) throws {
        let error = #expect(throws: Problems.self) { try Self.wiring(faults) }
        #expect(error?.list.map(\.message) == [message])
        let pack = try Self.pack()
        #expect(!Wiring.areCompatible(pack.fault(named: faults[0])!, pack.fault(named: faults[1])!))
    }

    @Test func `faults at different keys are on together`() throws {
        let wiring = try Self.wiring(["late", "apart", "next"])
        #expect(wiring.versions["shop"]?[0].wiring["routes"]?["GET /"]?.array?[1]["status"]?.value == 500)
        #expect(wiring.versions["prices"]?.map(\.weight) == [80, 20])
        #expect(wiring.versions["prices"]?.map { $0.wiring["headers"]?["Age"]?.string } == ["1", "1"])
        #expect(wiring.versions["prices"]?[1].version == "3.0")
    }
}
