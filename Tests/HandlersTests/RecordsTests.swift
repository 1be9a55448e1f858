import Base
import HTTP
import ShopTesting
import Storefront
import Testing

struct RecordsTests {
    private static func pack(_ loading: String, relations: String = #"["brand"]"#, more: String = "") -> TestPack {
        TestPack(
            steps:
                #"{ "step": "rows", "do": "records.list", "from": "product", "relations": \#(relations), "loading": "\#(loading)", "order": "product.id" \#(more) }, { "do": "respond", "json": "{rows}" }"#,
            [
                "data/products.json":
                    #"{ "table": "product", "columns": ["id", "name", "price_cents", "brand_id"], "rows": [[1, "Tea", 350, 1], [2, "Cup", 1200, 2], [3, "Spoon", 99, 1], [4, "Loose", 1, null]] }"#
            ])
    }

    private func run(_ pack: TestPack) throws -> (text: String, statements: Int) {
        try withShop(pack) { shop in (await shop.get("/").text, try await shop.statementCount()) }
    }

    @Test func `joined and lazy loading give the same rows by one query or by one for each related row`() throws {
        let joined = try run(Self.pack("joined"))
        let lazy = try run(Self.pack("lazy"))
        #expect(joined.text == lazy.text)
        #expect(
            joined.text
                == #"[{"id":1,"name":"Tea","price_cents":350,"brand_id":1,"brand":{"id":1,"name":"North"}},{"id":2,"name":"Cup","price_cents":1200,"brand_id":2,"brand":{"id":2,"name":"South"}},{"id":3,"name":"Spoon","price_cents":99,"brand_id":1,"brand":{"id":1,"name":"North"}},{"id":4,"name":"Loose","price_cents":1,"brand_id":null,"brand":null}]"#
        )
        #expect(joined.statements == 1)
        // One for the list and one for each of the two brands: a brand that is known is not asked for again.
        #expect(lazy.statements == 3)
    }

    @Test(arguments: [5, 40]) func `lazy loading asks once for each of n related rows`(_ count: Int) throws {
        let brands = (1...count).map { "[\($0), \"B\($0)\"]" }.joined(separator: ",")
        let products = (1...count).map { "[\($0), \"P\($0)\", 1, \($0)]" }.joined(separator: ",")
        let rows = [
            "data/brands.json": #"{ "table": "brand", "columns": ["id", "name"], "rows": [\#(brands)] }"#,
            "data/products.json": #"{ "table": "product", "columns": ["id", "name", "price_cents", "brand_id"], "rows": [\#(products)] }"#,
        ]
        func statements(_ loading: String) throws -> Int { try run(TestPack(Self.pack(loading).files.merging(rows) { _, new in new })).statements }
        #expect(try statements("lazy") == 1 + count)
        #expect(try statements("joined") == 1)
    }

    @Test func `a condition, an order and a limit choose rows`() throws {
        let more =
            #", "where": "product.price_cents > :least AND brand.name = :brand", "values": { "least": "{50 + 50}", "brand": "North" }, "limit": 5"#
        #expect(
            try run(Self.pack("joined", more: more)).text
                == #"[{"id":1,"name":"Tea","price_cents":350,"brand_id":1,"brand":{"id":1,"name":"North"}}]"#)
        #expect(try run(Self.pack("joined", relations: "[]", more: #", "limit": 2"#)).text.contains("Cup"))
        #expect(!(try run(Self.pack("joined", relations: "[]", more: #", "limit": 2"#)).text.contains("Spoon")))
    }
}
