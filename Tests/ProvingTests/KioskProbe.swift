import Packs
import Storefront

@testable import Proving

/// A probe of the test pack, and what learners hand in there.
enum KioskProbe {
    static let path = "probes/kiosk.json"

    static let text = #"""
        {
          "description": "Prices and orders, with prices that nobody could know.",
          "variables": { "CENTS": "1{{ numeric(4) }}" },
          "given": [
            { "database": "main", "sql": "UPDATE item SET cents = cents + {{ CENTS }}" },
            { "database": "main", "sql": "INSERT INTO item (name, cents, kind_id) VALUES ('probe', {{ CENTS }}, 1)" }
          ],
          "visits": [
            {
              "name": "Somebody who buys",
              "steps": [
                {
                  "name": "opens the home page",
                  "request": { "url": "{{ FRONTEND_URL }}/" },
                  "values": [
                    { "name": "things", "mentions": { "database": "main", "sql": "SELECT name FROM item" } },
                    { "name": "prices", "text": ": (\\d+)", "order": "any" }
                  ]
                },
                { "name": "reads the prices", "request": { "url": "{{ PRICES_URL }}/prices" }, "values": [{ "name": "prices", "json": "$[*]", "order": "any" }] },
                {
                  "name": "orders",
                  "request": { "method": "POST", "url": "{{ FRONTEND_URL }}/orders", "headers": { "Content-Type": "application/json" }, "body": "{\"item\": 3}" },
                  "keep": { "ORDER": { "json": "$.id" } },
                  "values": [{ "name": "stored orders", "rows": { "database": "main", "sql": "SELECT item_id FROM orders" } }]
                },
                { "name": "reads the order", "request": { "url": "{{ FRONTEND_URL }}/orders/{{ ORDER }}" }, "values": [{ "name": "thing", "json": "$.item" }] }
              ]
            }
          ]
        }
        """#

    static func prepared(_ probe: String = text) throws -> PreparedPack { try KioskPack.prepared(files: [path: probe]) }

    /// The wiring of the pack with some of its text replaced.
    static func service(_ name: String, _ replacements: [(String, String)] = [], weight: Int? = nil) throws -> Submission.Service {
        let original = String(decoding: try PackFiles.read(directory: KioskPack.folder).contents["services/\(name).json"]!, as: UTF8.self)
        let text = try replacements.reduce(original) { text, change in
            guard text.contains(change.0) else { throw KioskPack.Missing(text: change.0, path: name) }
            return text.replacing(change.0, with: change.1)
        }
        let new = Submission.Version(weight: weight ?? 100, text: text)
        guard let weight else { return Submission.Service(name, [new], file: "\(name).json") }
        return Submission.Service(name, [Submission.Version(version: "1.0", weight: 100 - weight, text: original), new], file: "\(name).json")
    }
}
