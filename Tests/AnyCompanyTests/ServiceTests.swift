import Base
import HTTP
import ShopTesting
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

    @Test(arguments: [
        ("", 400, 400), ("?width=600&height=350", 600, 350), ("?height=225", 400, 225), ("?width=300", 300, 400), ("?width=77&height=1234", 77, 1_234), ("?width=3000&height=2000", 3_000, 2_000),
        ("?width=200&height=200&format=png", 200, 200), ("?filter=", 400, 400),
    ]) func `a picture is drawn in the size that is asked for, also through the front end`(query: String, width: Int, height: Int) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.get("/products-tissot-women.jpg\(query)", from: "imageservice")
            #expect(answer.status == 200 && answer.type == "image/jpeg")
            let picture = try DecodedPicture(answer.body)
            #expect(picture.width == width && picture.height == height && !picture.isGrey)
            // The middle of the dial.
            #expect(picture.color(atX: width / 2, y: height / 2).isLike(0x6a, 0x3b, 0x47, within: 25))
            let page = try await visitor.get("/images/products-tissot-women.jpg\(query)")
            #expect(page.status == 200 && page.type == "image/jpeg" && page.body == answer.body)
        }
    }

    @Test func `any filter makes a picture grey`() throws {
        try AnyCompany.visit { visitor in
            for filter in ["greyscale", "x"] {
                let picture = try DecodedPicture(try await visitor.get("/visuals-marketing5.jpg?width=1110&height=500&filter=\(filter)", from: "imageservice").body)
                #expect(picture.width == 1_110 && picture.height == 500 && picture.isGrey)
            }
        }
    }

    @Test func `all pictures are there, no two of them alike`() throws {
        try AnyCompany.visit { visitor in
            let watches = ["armani-classic", "dw-redblue", "iwc-leather", "mauriac-silver", "nixon-gold", "rolex-deepsea", "seiko-solar", "timex-leather", "tissot-women"]
            var seen: Set<[UInt8]> = []
            for name in watches.map({ "products-\($0)" }) + (1...9).map({ "visuals-marketing\($0)" }) {
                let answer = try await visitor.get("/\(name).jpg", from: "imageservice")
                #expect(try DecodedPicture(answer.body).width == 400 && seen.insert(answer.body).inserted, "\(name)")
            }
        }
    }

    @Test(arguments: [
        "/products-nothing.jpg", "/products-timex-leather.jpg?width=wide", "/products-timex-leather.jpg?width=0", "/products-timex-leather.jpg?height=-5", "/products-timex-leather.jpg?width=20000",
        "/products-..%2Ferror.jpg", "/a/b",
    ]) func `what goes wrong with a picture is another picture, with status 200`(
        path: String
    ) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.get(path, from: "imageservice")
            #expect(answer.status == 200)
            #expect(answer.type == "image/jpeg")
            let other = try await visitor.get("/none-none.jpg", from: "imageservice")
            let right = try await visitor.get("/products-timex-leather.jpg", from: "imageservice")
            #expect(answer.body == other.body && answer.body != right.body)
            // Not scaled.
            let picture = try DecodedPicture(answer.body)
            #expect(picture.width == 4_608 && picture.height == 3_456)
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
