import Base
import HTTP
import Testing

@testable import Proving

/// What the two Flask services answer, byte by byte where the originals' clients could tell.
@Suite struct StoredogServicesTests {
    static let services = [("discounts-service", "Hello from Discounts!"), ("advertisements-service", "Hello from Advertisements!")]

    @Test(arguments: services) func `hello is plain words that claim to be JSON`(service: String, words: String) throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.get("/", from: service)
            #expect(answer.text == words)
            #expect(answer.type == "application/json")
            #expect(answer.headers["Server"] == "Werkzeug/1.0.1 Python/3.9.6")
            #expect(answer.headers["Access-Control-Allow-Origin"] == "*")
        }
    }

    @Test func `discounts come as Flask writes them: keys in order, two spaces, a space after every comma`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.get("/discount", from: "discounts-service")
            #expect(answer.status == 200)
            #expect(answer.type == "application/json")
            #expect(try answer.json.elements?.count == 103)
            #expect(answer.text.hasPrefix("[\n  {\n    \"code\": \""))
            #expect(answer.text.hasSuffix("  }\n]\n"))
            let friday = """
                  {
                    "code": "BFRIDAY",\u{20}
                    "discount_type": {
                      "discount_query": "price * .8",\u{20}
                      "id": 101,\u{20}
                      "name": "Save with Sherry"
                    },\u{20}
                    "id": 101,\u{20}
                    "name": "Black Friday",\u{20}
                    "value": 5
                  }
                """
            #expect(answer.text.contains(friday))
            #expect(!answer.text.contains("influencer"))
        }
    }

    @Test func `a new discount is random words within the original's bounds, and the answer is the whole list`() throws {
        try Storedog.visit { visitor in
            for number in 104...106 {
                let list = try await visitor.send("POST", "/discount", to: "discounts-service").json.elements ?? []
                #expect(list.count == number)
                let new = try #require(list.last)
                #expect(new["name"]?.text == "Discount \(number)")
                #expect((2...4).contains(new["code"]?.text.split(separator: " ").count ?? 0))
                #expect(new["code"]?.text.allSatisfy { $0.isLowercase || $0 == " " } == true)
                #expect((10...500).contains(new["value"]?.integer ?? 0))
                #expect(new["discount_type"]?["name"]?.text == "Random Savings")
                #expect(new["discount_type"]?["discount_query"]?.text == "price * .9")
            }
        }
    }

    @Test func `advertisements are three, and the first is the clothing one`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.get("/ads", from: "advertisements-service")
            let first = """
                [
                  {
                    "id": 1,\u{20}
                    "name": "Discount Clothing",\u{20}
                    "path": "1.jpg",\u{20}
                    "url": "/t/clothing",\u{20}
                    "weight": 15.1
                  },\u{20}

                """
            #expect(answer.text.hasPrefix(first))
            #expect(try answer.json.elements?.count == 3)
        }
    }

    static let refusals: [(service: String, method: String, path: String, status: Int, type: String)] = [
        ("discounts-service", "HEAD", "/discount", 405, "application/json"), ("discounts-service", "PUT", "/discount", 405, "text/html"),
        ("discounts-service", "GET", "/nothing", 404, "text/html"), ("advertisements-service", "HEAD", "/ads", 405, "application/json"),
        ("advertisements-service", "POST", "/ads", 500, "application/json"), ("advertisements-service", "DELETE", "/ads", 405, "text/html"),
        ("advertisements-service", "GET", "/banners/9.gif", 404, "text/html"), ("advertisements-service", "GET", "/weighted-banners/20", 404, "text/html"),
        ("advertisements-service", "GET", "/weighted-banners/1.0", 500, "text/html"),
    ]

    @Test(arguments: refusals) func `what is not offered is refused as the originals do`(service: String, method: String, path: String, status: Int, type: String) throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.send(method, path, to: service)
            #expect(answer.status == status)
            #expect(answer.type.hasPrefix(type), "\(answer.type)")
        }
    }

    @Test func `an advertisement cannot be added, with the original's words`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.send("POST", "/ads", to: "advertisements-service")
            #expect(try answer.json == .object(["error": "Internal Server Error"]))
        }
    }

    @Test func `a banner is a picture that may be kept for 12 hours`() throws {
        try Storedog.visit { visitor in
            let banner = try await visitor.get("/banners/1.jpg", from: "advertisements-service")
            #expect(banner.type == "image/jpeg")
            #expect(banner.body.prefix(3) == [0xff, 0xd8, 0xff])
            #expect(banner.headers["Cache-Control"] == "public, max-age=43200")
            let tag = try #require(banner.headers["ETag"])
            let again = try await visitor.get("/banners/1.jpg", from: "advertisements-service", headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
        }
    }

    @Test func `a weighted banner is the first one that weighs less`() throws {
        try Storedog.visit { visitor async throws in
            #expect(try await visitor.get("/weighted-banners/20.0", from: "advertisements-service").json["id"]?.integer == 1)
            #expect(try await visitor.get("/weighted-banners/15.1", from: "advertisements-service").status == 500)
        }
    }

    @Test(arguments: [("ads-canary-v1", [5]), ("ads-canary", [5, 6]), ("ads-canary-fixed", [5, 6])])
    func `versions of the advertisements have lists of their own`(state: String, sizes: [Int]) throws {
        let found = try Storedog.visit(state) { visitor in
            var found: Set<Int> = []
            for _ in 0..<24 { found.insert(try await visitor.get("/ads", from: "advertisements-service").json.elements?.count ?? 0) }
            return found
        }
        #expect(found.sorted() == sizes)
    }
}
