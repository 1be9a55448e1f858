import Base
import Testing

@testable import Database

@Suite struct DatabaseSchemaTests {
    private func problems(_ tables: [DatabaseSchema.Table], _ indexes: [DatabaseSchema.Index] = []) -> [String] {
        DatabaseSchema(tables: tables, indexes: indexes).problems()
    }

    @Test func `the sample has no problems`() { #expect(SampleShop.schema.problems() == []) }

    @Test func `an unknown reference names the nearest table`() {
        let found = problems([
            .init("types", [.init("id", .integer, isPrimaryKey: true)]), .init("goods", [.init("type_id", .integer, references: "typs")]),
        ])
        #expect(found == ["column \"goods.type_id\" references unknown table \"typs\"; did you mean \"types\"?"])
    }

    @Test func `all mistakes come at once`() {
        let found = problems(
            [
                .init("Goods", [.init("id", .real, isPrimaryKey: true), .init("id", .text)]), .init("empty", []),
                .init("keyless", [.init("n", .integer)]), .init("child", [.init("k", .text, references: "keyless")]),
            ], [.init("i", on: "child", ["kk"]), .init("j", on: "nowhere", [])])
        #expect(found.count == 8, "\(found)")
    }

    @Test func `a reference must have the type of the key`() {
        let found = problems([.init("a", [.init("id", .integer, isPrimaryKey: true)]), .init("b", [.init("a_id", .text, references: "a")])])
        #expect(found == ["column \"b.a_id\" is text but references \"a.id\", which is integer"])
    }

    @Test func `rows are checked against the schema`() {
        let seeds = [
            SeedTable("types", [Record([("nme", "x")]), Record([("name", 5)])]), SeedTable("prodcts", []),
        ]
        #expect {
            try SQLiteImage(schema: SampleShop.schema, seeds: seeds)
        } throws: { error in
            (error as? SchemaProblems)?.messages == [
                "row 1 of table \"types\" has unknown column \"nme\"; did you mean \"name\"?",
                "row 1 of table \"types\", column \"name\": a value is missing",
                "row 2 of table \"types\", column \"name\": the value is not text",
                "rows for unknown table \"prodcts\"; did you mean \"products\"?",
            ]
        }
    }

    @Test func `a row that refers to nothing is reported`() {
        let row = Record([("name", "x"), ("price", 1.5), ("stock", 1), ("type_id", 9)])
        #expect(throws: SchemaProblems(messages: ["row 1 of table \"products\" refers to a row of \"types\" that does not exist"])) {
            try SQLiteImage(schema: SampleShop.schema, seeds: [SeedTable("products", [row])])
        }
    }

    @Test func `reserved words can be names`() throws {
        let schema = DatabaseSchema(tables: [.init("order", [.init("id", .integer, isPrimaryKey: true), .init("user", .text)])])
        #expect(try SQLiteImage(schema: schema, seeds: [SeedTable("order", [Record([("user", "a")])])]).byteCount > 0)
    }
}
