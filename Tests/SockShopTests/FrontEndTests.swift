import Base
import HTTP
import Testing

/// The interface of the front-end with its quirks, byte by byte where the original's clients could tell.
@Suite struct SockShopFrontEndTests {
    static let answers: [(method: String, path: String, json: String, status: Int, body: String)] = [
        ("GET", "/catalogue/size?tags=blue", "", 200, "{\"size\":4,\"err\":null}\n"),
        ("GET", "/catalogue?tags=smelly", "", 200, "null\n"), ("GET", "/catalogue?page=9", "", 200, "[]\n"), ("GET", "/catalogue?size=many", "", 200, "[]\n"),
        ("GET", "/catalogue/none", "", 200, "{\"error\":\"not found\",\"status_code\":404,\"status_text\":\"Not Found\"}\n"),
        ("GET", "/tags", "", 200, "{\"tags\":[\"brown\",\"geek\",\"formal\",\"blue\",\"skin\",\"red\",\"action\",\"sport\",\"black\",\"magic\",\"green\"],\"err\":null}\n"),
        ("GET", "/cart", "", 200, "[]"), ("POST", "/cart", "{}", 500, #"{"message":"Must pass id of item to add","error":{}}"#),
        ("POST", "/cart", #"{"id":"test-item"}"#, 201, ""),
        ("POST", "/cart/update", #"{"quantity":"2"}"#, 500, #"{"message":"Must pass id of item to update","error":{}}"#),
        ("POST", "/cart/update", #"{"id":"x"}"#, 500, #"{"message":"Must pass quantity to update","error":{}}"#),
        ("POST", "/cart/update", #"{"id":"x","quantity":"2"}"#, 500, #"{"message":"Unable to add to cart. Status code: 500","error":{}}"#),
        ("DELETE", "/cart", "", 202, ""), ("DELETE", "/cart/x", "", 500, ""), ("GET", "/login", "", 401, ""),
        ("GET", "/customers/me", "", 200, "{\"error\":\"Invalid Id Hex\",\"status_code\":500,\"status_text\":\"Internal Server Error\"}\n"),
        ("GET", "/card", "", 200, #"{"status_code":500}"#), ("GET", "/address", "", 200, #"{"status_code":500}"#),
        ("GET", "/orders", "", 500, #"{"message":"User not logged in.","error":{}}"#),
        ("POST", "/orders", "", 500, #"{"message":"User not logged in.","error":{}}"#),
        ("DELETE", "/cards/57a98ddce4b00679b4a830d2", "", 200, #""{\"status\":true}\n""#),
    ]

    @Test(arguments: answers) func `a visitor without an account gets the original's answers`(
        method: String, path: String, json: String, status: Int, body: String
    ) throws {
        try SockShop.visit { client in
            let answer = try await client.send(method, path, json: json)
            #expect(answer.status == status)
            #expect(answer.text == body)
        }
    }

    @Test func `a sock comes with its fields in order, whole prices without decimals`() throws {
        try SockShop.visit { client in
            let answer = try await client.get("/catalogue/\(SockShop.sport)")
            #expect(answer.text.hasPrefix(#"{"id":"\#(SockShop.sport)","name":"SuperSport XL","description":""#))
            #expect(answer.text.hasSuffix("\"imageUrl\":[\"/catalogue/images/puma_1.jpeg\",\"/catalogue/images/puma_2.jpeg\"],\"price\":15,\"count\":820,\"tag\":[\"sport\",\"black\",\"formal\"]}\n"))
            #expect(try await client.get("/catalogue?tags=black&size=1").text.contains(#""tag":["black"]}"#))
        }
    }

    @Test func `what does not exist is refused as Express does it`() throws {
        try SockShop.visit { client in
            for (method, path) in [("POST", "/login"), ("GET", "/logout"), ("GET", "/health")] {
                let answer = try await client.send(method, path)
                #expect(answer.status == 404)
                #expect(answer.text.contains("<pre>Cannot \(method) \(path)</pre>"))
            }
        }
    }

    @Test func `a slash at the end is taken away, and the query stays`() throws {
        try SockShop.visit { client in
            let answer = try await client.get("/catalogue/?size=2")
            #expect(answer.status == 301)
            #expect(answer.headers["Location"] == "/catalogue?size=2")
        }
    }

    @Test func `files and pages give no cookie, everything else gives a signed one`() throws {
        try SockShop.visit { client in
            for path in ["/", "/basket.html", "/css/shop.css", "/img/logo.svg"] { #expect(try await client.get(path).headers["Set-Cookie"] == nil) }
            let cookie = try #require(try await client.get("/tags").headers["Set-Cookie"])
            #expect(cookie.hasPrefix("md.sid=s%3A"))
            #expect(cookie.hasSuffix("; Path=/; HttpOnly"))
            #expect(try await client.get("/tags").headers["Set-Cookie"] == nil)
            client.cookies["md.sid"]?.removeLast()
            #expect(try await client.get("/tags").headers["Set-Cookie"] != nil)
        }
    }

    @Test func `a login gives the session's id as a cookie of an hour and takes the basket along`() throws {
        try SockShop.visit { client in
            _ = try await client.put(SockShop.sport)
            _ = try await client.put(SockShop.sport)
            let answer = try await client.logIn()
            #expect(answer.text == "Cookie is set")
            let session = try #require(client.cookies["md.sid"]).dropFirst("s%3A".count).prefix { $0 != "." }
            #expect(answer.headers.values("Set-Cookie").contains { $0.hasPrefix("logged_in=\(session); Path=/; ") && $0.contains("Max-Age=3600") && !$0.contains("HttpOnly") })
            let basket = try await client.get("/cart").json
            #expect(basket.elements?.count == 1)
            #expect(basket["0"]?["quantity"] == 2)
            #expect(try await client.get("/card").text == #"{"number":"5918"}"#)
            #expect(try await client.get("/customers/anybody").text.hasPrefix(#"{"firstName":"User","lastName":"Name","username":"user","id":"57a98d98e4b00679b4a830b2","_links":{"#))
        }
    }

    @Test func `whoever has lost the session shares the basket of nobody`() throws {
        try SockShop.visit { client in
            client.cookies["logged_in"] = "gone"
            _ = try await client.put(SockShop.sport)
            let other = Client(client.bench)
            other.cookies["logged_in"] = "gone as well"
            #expect(try await other.get("/cart").json.elements?.count == 1)
        }
    }

    @Test func `the same sock twice is one line, a merge keeps both lines`() throws {
        try SockShop.visit { client in
            _ = try await client.logIn()
            _ = try await client.put(SockShop.sport)
            let visitor = Client(client.bench)
            _ = try await visitor.put(SockShop.sport)
            _ = try await visitor.logIn()
            #expect(try await visitor.get("/cart").json.elements?.map { $0["quantity"] ?? .null } == [1, 1])
        }
    }
}
