import Base
import Packs

/// A small shop as the files of a pack: a kiosk with products and brands, and a service that knows their prices.
public struct TestPack: Sendable {
    /// Text by path within the pack.
    public var files: [String: String]

    /// The kiosk with some files replaced or added.
    public init(_ changes: [String: String] = [:]) {
        files = Self.base.merging(changes) { _, new in new }
    }

    /// The kiosk whose entry service has these routes and no others.
    ///
    /// - Parameters:
    ///   - routes: Members of the `routes` object, as JSON.
    ///   - settings: Further members of the service, as JSON, each followed by a comma.
    public init(routes: String, settings: String = "", _ changes: [String: String] = [:]) {
        self.init(changes)
        // The fault of the kiosk is one of its own price service.
        if changes["services/prices.json"] != nil, changes["faults.json"] == nil {
            files["faults.json"] = "{}"
            files["states.json"] = #"{ "fixed": { "title": "All is well", "aliases": ["broken"] } }"#
        }
        files["services/shop.json"] = #"{ "version": "1.0", "port": 3000, "database": "main", \#(settings) "routes": { \#(routes) } }"#
    }

    /// The kiosk that answers `GET /` with these steps.
    public init(steps: String, settings: String = "", _ changes: [String: String] = [:]) {
        self.init(routes: #""GET /": [ \#(steps) ]"#, settings: settings, changes)
    }

    public var packFiles: PackFiles { PackFiles(origin: "kiosk", contents: files.mapValues { Array($0.utf8) }) }

    public static let base: [String: String] = [
        "pack.json": """
        {
          "name": "kiosk",
          "title": "Kiosk",
          "description": "A shop of three products.",
          "environment": "test",
          "services": ["shop", "prices"],
          "entry": "shop",
          "aliases": { "PRICES": "prices" }
        }
        """,
        "services/shop.json": """
        {
          "version": "1.0",
          "port": 3000,
          "database": "main",
          "routes": {
            "GET /": [
              { "step": "products", "do": "records.list", "from": "product", "order": "product.id" },
              { "step": "page", "do": "render", "view": "home", "model": { "products": "{products}" } }
            ],
            "GET /products/{id:integer}": [
              { "step": "price", "do": "call", "service": "prices", "path": "/prices/{route.id}" },
              { "step": "answer", "do": "respond", "json": { "id": "{route.id | int}", "price": "{price.json.cents}" } }
            ]
          }
        }
        """,
        "services/prices.json": """
        {
          "version": "2.3",
          "port": 3001,
          "database": "main",
          "routes": {
            "GET /prices/{id}": [
              { "step": "product", "do": "db.first", "sql": "SELECT price_cents FROM product WHERE id = :id", "values": { "id": "{route.id | int}" } },
              { "step": "answer", "do": "respond", "json": { "cents": "{product.price_cents}" } }
            ]
          }
        }
        """,
        "data/tables.json": """
        {
          "databases": {
            "main": {
              "shared": true,
              "tables": {
                "brand": { "columns": { "id": "id", "name": "text" } },
                "product": {
                  "columns": {
                    "id": "id", "name": "text", "price_cents": "integer",
                    "brand_id": { "references": "brand", "nullable": true }
                  },
                  "indexes": { "product_name": "product(name)" }
                }
              }
            }
          }
        }
        """,
        "data/brands.json": """
        { "table": "brand", "columns": ["id", "name"], "rows": [[1, "North"], [2, "South"]] }
        """,
        "data/products.json": """
        {
          "table": "product",
          "columns": ["id", "name", "price_cents", "brand_id"],
          "rows": [[1, "Tea", 350, 1], [2, "Cup", 1200, 2], [3, "Spoon", 99, 1]]
        }
        """,
        "views/home.mustache": "<ul>\n{{#products}}\n<li>{{name}}</li>\n{{/products}}\n</ul>\n",
        "faults.json": """
        {
          "slow-prices": {
            "title": "Prices take their time",
            "shows": "Slow spans of GET /prices",
            "fix": "Remove the wait.",
            "options": { "delay": { "default": 2500, "minimum": 10, "maximum": 60000 } },
            "patch": {
              "prices": { "GET /prices/{id}": { "nap": { "do": "sleep", "forMilliseconds": { "$option": "delay" }, "before": "answer" } } }
            },
            "proof": { "red": [], "evidence": [] }
          }
        }
        """,
        "states.json": """
        {
          "fixed": { "title": "All is well", "aliases": ["healthy"] },
          "broken": { "title": "Slow", "faults": ["slow-prices"] }
        }
        """,
    ]
}
