import Base
import HTTP
import Testing

@testable import Proving

/// Pages, sessions and what the front end makes of failures behind it.
@Suite struct AnyCompanyFrontEndTests {
    @Test func `the first answer gives a signed cookie, health gives none`() throws {
        try AnyCompany.visit { visitor in
            let health = try await visitor.get("/healthz")
            #expect(health.text == "OK")
            #expect(health.headers["ETag"] == "W/\"2-nOO9QiTIwXgNtWtBJezz8kv3SLc\"")
            #expect(health.headers["Set-Cookie"] == nil)
            let line = try #require(try await visitor.get("/stylesheets/style.css").headers["Set-Cookie"])
            #expect(line.hasPrefix("microservices_store_sid=s%3A"))
            #expect(line.hasSuffix("; Path=/; HttpOnly"))
            #expect(try await visitor.get("/").headers["Set-Cookie"] == nil)
            visitor.cookie?.removeLast(4)
            #expect(try await visitor.get("/").headers["Set-Cookie"] != nil)
        }
    }

    @Test func `a redirect says where to in text, and in HTML to who prefers it`() throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.add(AnyCompany.timex)
            #expect(answer.status == 302)
            #expect(answer.headers["Location"] == "/cart")
            #expect(answer.headers["Vary"] == "Accept")
            #expect(answer.text == "Found. Redirecting to /cart")
            let page = try await visitor.send(
                "POST", "/cart", headers: ["Accept": "text/html,*/*;q=0.8", "Content-Type": "application/x-www-form-urlencoded"], "product_id=" + AnyCompany.timex)
            #expect(page.text == #"<p>Found. Redirecting to <a href="/cart">/cart</a></p>"#)
        }
    }

    @Test func `what happened is told once, on the next page`() throws {
        try AnyCompany.visit { visitor in
            _ = try await visitor.add(AnyCompany.timex)
            #expect(try await visitor.get("/cart").text.contains(#"<div class="alert alert-success" role="alert">Product added to cart</div>"#))
            #expect(try await visitor.get("/cart").text.contains("alert") == false)
            _ = try await visitor.add(AnyCompany.unknown)
            let page = try await visitor.get("/nowhere")
            #expect(page.status == 404)
            #expect(page.text.contains(#"<div class="alert alert-danger" role="alert">Product could not be added to cart</div>"#))
        }
    }

    @Test func `an order empties the cart, waits in the queue and is confirmed with its number`() throws {
        try AnyCompany.visit { visitor in
            _ = try await visitor.add(AnyCompany.tissot)
            _ = try await visitor.add(AnyCompany.timex)
            #expect(try await visitor.get("/cart").text.contains("<strong>$658</strong>"))
            #expect(try await visitor.checkOut().headers["Location"] == "/cart/checkout")
            #expect(try await visitor.get("/cart/checkout").text.contains("80807 Munich"))
            #expect(try await visitor.post("/cart/order", form: "").headers["Location"] == "/cart/order")
            let page = try await visitor.get("/cart/order").text
            #expect(page.contains("Order succesful!"))
            #expect(try await visitor.get("/cart").text.contains("<strong>$0</strong>"))
            try await visitor.bench.loop.sleep(for: .seconds(21))
            let message = try await visitor.ask("AmazonSQS.ReceiveMessage", of: "sqs", "{}").json["Messages"]?["0"]
            let id = try #require(message?["MessageId"]?.text)
            let order = try #require(message?["Body"]?.text)
            #expect(page.contains(id))
            #expect(order.contains(#""city":"Munich""#))
        }
    }

    static let pages: [(path: String, status: Int, heading: String)] = [
        ("/product/0000000000000", 500, "<h1>Request failed with status code 404</h1>"), ("/products", 404, "<h1>Not Found</h1>"),
    ]

    @Test(arguments: pages) func `errors are pages without a title`(path: String, status: Int, heading: String) throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.get(path)
            #expect(answer.status == status)
            #expect(answer.text.contains(heading))
            #expect(answer.text.contains("<title></title>"))
        }
    }

    @Test func `an order out of nothing crashes`() throws {
        try AnyCompany.visit { visitor in
            let answer = try await visitor.post("/cart/order", form: "")
            #expect(answer.text.contains("Cannot read property"))
        }
    }

    static let outages: [(state: String, path: String, status: Int, text: String)] = [
        ("killed-catalog", "/", 200, "<h2>Brands</h2>"), ("killed-catalog", "/product", 500, "<h1>connect ECONNREFUSED 10.100."),
        ("killed-catalog", "/cart", 200, "<h2>Checkout</h2>"), ("killed-cart", "/cart", 500, "<h1>connect ECONNREFUSED 10.100."),
        ("killed-recommender", "/product/6464865908071", 200, "Made by: Tissot"), ("killed-image", "/images/products-timex-leather.jpg", 404, "Image not found"),
        ("sessions-gone", "/", 500, "Can not start session. Is the session store available?"), ("sessions-gone", "/healthz", 200, "OK"),
    ]

    @Test(arguments: outages) func `an outage shows where the original shows it`(state: String, path: String, status: Int, text: String) throws {
        try AnyCompany.visit(state) { visitor in
            let answer = try await visitor.get(path)
            #expect(answer.status == status)
            #expect(answer.text.contains(text))
        }
    }
}
