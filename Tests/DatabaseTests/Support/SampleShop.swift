import Base
import Database

/// A small shop's schema and rows.
enum SampleShop {
    static let schema = DatabaseSchema(
        tables: [
            DatabaseSchema.Table("types", [.init("id", .integer, isPrimaryKey: true), .init("name", .text, isUnique: true)]),
            DatabaseSchema.Table(
                "products",
                [
                    .init("id", .integer, isPrimaryKey: true), .init("name", .text), .init("price", .real), .init("stock", .integer),
                    .init("listed", .boolean, defaultValue: true), .init("note", .text, isNullable: true),
                    .init("picture", .blob, isNullable: true), .init("type_id", .integer, references: "types"),
                ]),
            DatabaseSchema.Table("carts", [.init("token", .text, isPrimaryKey: true), .init("items", .integer, defaultValue: 0)]),
        ], indexes: [.init("products_by_type", on: "products", ["type_id"])])

    static func seeds(products: Int = 20) -> [SeedTable] {
        let layout = Layout(["id", "name", "price", "stock", "listed", "note", "picture", "type_id"])
        let rows = (1...products).map { Record(layout: layout, values: product($0)) }
        // Products come before the types that they refer to.
        return [
            SeedTable("products", rows),
            SeedTable("types", [Record([("name", "mug")]), Record([("name", "shirt")])]),
        ]
    }

    private static func product(_ id: Int) -> [Value] {
        let note: Value = id % 3 == 0 ? .null : .string("it's \"\(id)\"")
        let picture: Value = id % 5 == 0 ? .bytes([0, 255, UInt8(id % 256)]) : .null
        let price = Double(id) + 0.25
        return [.int(id), .string("Product \(id) é"), .double(price), .int(id * 10), .bool(id % 2 == 0), note, picture, .int(id % 2 + 1)]
    }
}
