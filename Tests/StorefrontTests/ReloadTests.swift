import Base
import HTTP
import Packs
import ShopTesting
import Storefront
import Testing

/// A pack that was read again, under a shop that runs.
struct ReloadTests {
    private static let states = [
        "states.json": #"{ "fixed": { "title": "All is well", "aliases": ["broken"] }, "busy": { "title": "Many visitors" } }"#
    ]

    private static func reload(_ path: String, _ old: String, _ new: String, more files: [String: String] = [:]) throws -> (refusal: String, page: String) {
        var next = TestPack(states.merging(files) { $1 })
        let text = try #require(next.files[path])
        try #require(text.contains(old))
        next.files[path] = text.replacing(old, with: new)
        let prepared = try PreparedPack(next.packFiles, handlers: .builtIn)
        return try withShop(TestPack(states), state: "busy") { shop in
            var refusal = ""
            do { try await shop.with { try await $0.reload(prepared) } } catch { refusal = "\(error)" }
            return (refusal, await shop.get("/").text)
        }
    }

    @Test func `a changed page is taken over`() throws {
        let (refusal, page) = try Self.reload("views/home.mustache", "<ul>", "<ol>")
        #expect(refusal == "")
        #expect(page.hasPrefix("<ol>"))
    }

    @Test(arguments: [
        ("states.json", "busy", "bury", #"the state "busy" is gone; did you mean "bury"?"#),
        ("data/tables.json", #""name": "text", "price_cents""#, #""name": "text", "note": { "type": "text", "nullable": true }, "price_cents""#, "tables or their rows changed"),
        ("data/tables.json", #""shared": true"#, #""shared": false"#, "tables or their rows changed"),
        ("data/brands.json", "North", "East", "tables or their rows changed"),
        ("pack.json", #""name": "kiosk""#, #""name": "stall""#, "it is another pack now"),
        ("pack.json", #"["shop", "prices"]"#, #"["prices", "shop"]"#, "the list of services changed"),
    ])
    func `what a running shop cannot take over is refused and it goes on`(path: String, old: String, new: String, message: String) throws {
        let (refusal, page) = try Self.reload(path, old, new, more: ["views/home.mustache": "other"])
        #expect(refusal.hasPrefix(message), "\(refusal)")
        #expect(page.contains("<li>Tea</li>"))
    }
}
