import Base
import HTTP
import Testing

/// The interfaces of the services with their quirks, byte by byte where the original's clients could tell.
@Suite struct AnyCompanyServiceTests {
    static let answers: [(service: String, method: String, path: String, body: String, status: Int, type: String, text: String)] = [
        ("catalogservice", "GET", "/api/v1/product/0000000000000", "", 404, "application/json", "{\"code\":404,\"status\":\"Failed to fetch product\"}\n"),
        ("catalogservice", "GET", "/api/v1/healthz", "", 200, "text/html; charset=utf-8", "OK"),
        ("cartservice", "GET", "/api/v1/cart/nobody", "", 200, "application/json", "{\"items\":[],\"size\":0}\n"),
        ("cartservice", "DELETE", "/api/v1/cart/nobody", "", 200, "application/json", "{\"message\":\"Cart deleted\",\"status\":200}\n"),
        (
            "cartservice", "POST", "/api/v1/cart", #"{"product_id":"3480077496703","cart_id":"a"}"#, 200, "application/json",
            "{\"message\":\"Product added to Cart\",\"status\":200}\n"
        ),
        (
            "cartservice", "POST", "/api/v1/cart", #"{"product_id":"0000000000000","cart_id":"a"}"#, 404, "application/json",
            "{\"code\":404,\"status\":\"Product does not exist\"}\n"
        ),
        (
            "orderservice", "POST", "/api/v1/order", #"{"name":"a"}"#, 500, "application/json",
            "{\"code\":500,\"order_id\":\"\",\"status\":\"Incomplete arguments provided\"}\n"
        ),
        (
            "orderservice", "POST", "/api/v1/order",
            #"{"name":"a","email":"b","address":"c","country":"d","state":"e","zip":"f","city":"g","paymentMethod":"h","cart_id":"empty","user_id":"i"}"#, 500,
            "application/json", "{\"code\":500,\"order_id\":\"\",\"status\":\"Cart is empty\"}\n"
        ),
        ("recommenderservice", "GET", "/api/v1/recommender/0000000000000", "", 404, "application/json", "{\"recommendations\":{},\"status\":404}\n"),
        ("imageservice", "GET", "/healthz/deep", "", 200, "text/html; charset=utf-8", "OK"),
    ]

    @Test(arguments: answers) func `services answer as the original's do`(
        service: String, method: String, path: String, body: String, status: Int, type: String, text: String
    ) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.send(method, path, to: service, body)
            #expect(answer.status == status)
            #expect(answer.type == type)
            #expect(answer.text == text)
        }
    }

    @Test(arguments: [("{\"product", 400), (#"{"product_id":"3480077496703"}"#, 500)]) func `a body that is no cart is refused with a page of the framework`(
        body: String, status: Int
    ) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.send("POST", "/api/v1/cart", to: "cartservice", body)
            #expect(answer.status == status)
            #expect(answer.text.contains("<title>\(status) "))
            #expect(answer.headers.values("X-Amzn-Trace-Id").count == 1)
        }
    }

    @Test func `a watch is told with sorted keys and spaces, and the answer names its trace`() throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.get("/api/v1/product/\(AnyCompany.tissot)", from: "catalogservice")
            #expect(answer.text.hasPrefix(#"{"category": "Wristwacht", "description": ""#))
            #expect(answer.text.hasSuffix(#""manufacturer": "Tissot", "name": "Tissot", "offer": {"currencyCode": "USD", "price": 499}, "picture": "products-tissot-women.jpg"}"#))
            #expect(answer.headers["Server"] == "gunicorn")
            let trace = try #require(answer.headers["X-Amzn-Trace-Id"])
            #expect(trace.hasPrefix("Root=1-"))
        }
    }

    @Test func `recommendations are three different watches, the same until the service starts again`() throws {
        try AnyCompany.visit { visitor in
            let first = try await visitor.get("/api/v1/recommender/\(AnyCompany.timex)", from: "recommenderservice")
            let ids = try first.json["recommendations"]?.elements?.compactMap { $0["id"]?.text } ?? []
            #expect(Set(ids).count == 3)
            #expect(try await visitor.get("/api/v1/recommender/\(AnyCompany.timex)", from: "recommenderservice").text == first.text)
        }
    }

    @Test(arguments: ["/products-nothing.jpg", "/products-timex-leather.jpg?width=wide", "/a/b"]) func `what goes wrong with a picture is another picture, with status 200`(
        path: String
    ) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.get(path, from: "imageservice")
            #expect(answer.status == 200)
            #expect(answer.type == "image/jpeg")
            let other = try await visitor.get("/none-none.jpg", from: "imageservice")
            let right = try await visitor.get("/products-timex-leather.jpg", from: "imageservice")
            #expect(answer.body.count == other.body.count)
            #expect(answer.body.count > right.body.count)
        }
    }

    @Test func `the shop of today has its watches in the catalog's code`() throws {
        try AnyCompany.visit("simplified") { visitor in
            #expect(
                try await visitor.get("/api/v1/product/\(AnyCompany.tissot)", from: "catalogservice").text
                    == #"{"category": "Wristwacht", "description": "This is a watch", "id": "6464865908071", "manufacturer": "Tissot", "name": "Tissot", "offer": {"currencyCode": "USD", "price": 499.0}, "picture": "products-tissot-women.jpg"}"#)
            let unknown = try await visitor.get("/api/v1/product/\(AnyCompany.unknown)", from: "catalogservice")
            #expect(unknown.status == 500)
            #expect(unknown.text == "{\"code\":500,\"status\":\"Error getting product\"}\n")
            #expect(try await visitor.get("/api/v1/products", from: "catalogservice").text.hasPrefix(#"{"0983976883313": {"category": "Wristwatch", "#))
            _ = try await visitor.add(AnyCompany.tissot)
            _ = try await visitor.checkOut()
            _ = try await visitor.post("/cart/order", form: "")
            #expect(try await visitor.get("/cart/order").text.contains("1234567890"))
        }
    }
}
