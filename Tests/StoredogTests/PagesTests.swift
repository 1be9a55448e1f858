import Base
import HTTP
import Testing

@testable import Proving

@Suite struct StoredogPagesTests {
    static let titles = [
        ("/", "storedog"), ("/products/datadog-tote", "Datadog Tote - storedog"), ("/cart", "Shopping Cart - storedog"), ("/t/categories", "Categories - storedog"),
        ("/t/mugs", "Categories - Mugs - storedog"), ("/login", "Login - storedog"),
    ]

    @Test(arguments: titles) func `pages have the original's titles`(path: String, title: String) throws {
        try Storedog.visit { visitor in
            let page = try await visitor.get(path)
            #expect(page.status == 200)
            #expect(page.type == "text/html; charset=utf-8")
            #expect(page.title == title)
        }
    }

    static let cards = [
        ("/", 12), ("/?page=2", 3), ("/?per_page=5", 5), ("/products", 12), ("/products?utf8=%E2%9C%93&taxon=&keywords=t+shirt", 12),
        ("/products?keywords=t+shirt&page=2", 3), ("/products?utf8=%E2%9C%93&taxon=3&keywords=tote", 2), ("/products?keywords=zebra", 0), ("/t/categories", 20),
        ("/t/mugs", 4), ("/t/bags", 4), ("/t/clothing", 4), ("/t/shirts", 2), ("/t/t-shirts", 0), ("/t/brands", 0),
    ]

    /// Cards of products below the taxon, and once more those that preview its children: 10 and 10 for categories, 2 and 2 for clothing.
    @Test(arguments: cards) func `lists show as many products as the original's`(path: String, count: Int) throws {
        try Storedog.visit { visitor in
            let page = try await visitor.get(path)
            #expect(page.status == 200)
            #expect(page.count(of: "product-list-item") == count)
        }
    }

    static let refusals = [("/unauthorized", 401, "Unauthorized - storedog"), ("/forbidden", 403, "Forbidden - storedog")]

    @Test(arguments: refusals) func `pages that refuse stand in the layout, and fail with it`(path: String, status: Int, title: String) throws {
        try Storedog.visit { visitor in
            let page = try await visitor.get(path)
            #expect(page.status == status)
            #expect(page.title == title)
        }
        try Storedog.visit("broken") { visitor async throws in
            #expect(try await visitor.get(path).status == 500)
        }
    }

    @Test func `request spans name controller and action, and where there is neither no controller is named`() throws {
        try Storedog.visit { visitor async throws in
            func spans() async throws -> [(name: String, resource: String, attributes: [String])] {
                try await visitor.bench.shop.with { core in
                    core.recorder.spans().elements.filter { $0.template.kind == .server }.flatMap { span in
                        span.template.companions.map { ($0.template.name, $0.template.resource, $0.template.attributes.map { "\($0.name)=\($0.value.text)" }) }
                    }
                }
            }
            _ = try await visitor.bench.forgetTelemetry()
            #expect(try await visitor.send("DELETE", "/cart").status == 404)
            #expect(try await visitor.get("/nothing").status == 404)
            #expect(try await spans().isEmpty)
            _ = try await visitor.get("/cart")
            let controller = try #require(try await spans().first)
            #expect(controller.name == "rails.action_controller" && controller.resource == "Spree::OrdersController#edit")
            #expect(controller.attributes == ["rails.route.controller=Spree::OrdersController", "rails.route.action=edit"])
        }
    }

    @Test func `the second page of the home page has the last three products`() throws {
        try Storedog.visit { visitor in
            let page = try await visitor.get("/?page=2")
            for id in 13...15 { #expect(page.text.contains("id=\"product_\(id)\"")) }
        }
    }

    @Test func `a search says what was searched for, and that nothing was found`() throws {
        try Storedog.visit { visitor async throws in
            #expect(try await visitor.get("/products?keywords=t+shirt").text.contains("Search results for 't shirt'"))
            #expect(try await visitor.get("/products?keywords=zebra").text.contains("No products found"))
        }
    }

    @Test func `a product by number leads to its name, an unknown one to nothing`() throws {
        try Storedog.visit { visitor in
            let moved = try await visitor.get("/products/1")
            #expect(moved.status == 301)
            #expect(moved.headers["Location"]?.hasSuffix("/products/datadog-tote") == true)
            #expect(try await visitor.get("/products/nothing").status == 404)
            #expect(try await visitor.get("/t/nothing").status == 404)
            #expect(try await visitor.get("/nothing").status == 404)
        }
    }

    @Test func `a visitor without a cart sees an empty one`() throws {
        try Storedog.visit { visitor in
            let link = try await visitor.get("/cart_link")
            #expect(link.text == "<a class=\"cart-info nav-link empty\" href=\"/cart\"><span class='glyphicon glyphicon-shopping-cart'></span> Cart: (Empty)</a>")
            #expect(try await visitor.get("/api_tokens").text == #"{"order_token":null,"oauth_token":null}"#)
            #expect(try await visitor.get("/cart").text.contains("Your cart is empty"))
        }
    }

    @Test func `the recorded browser's cookie finds its cart`() throws {
        try Storedog.visit { visitor in
            visitor.cookies = ["token": Visitor.recordedCookie, "guest_token": Visitor.recordedCookie]
            let link = try await visitor.get("/cart_link").text
            #expect(link.hasPrefix("<a class=\"cart-info nav-link full\" href=\"/cart\"><span class='glyphicon glyphicon-shopping-cart'></span> Cart: (3)\n"))
            #expect(link.hasSuffix("<span class='amount'>$54.97</span></a>"))
            #expect(try await visitor.get("/api_tokens").text == #"{"order_token":"aeihRQ1NnX7TbfvhhtQNNg1567611578919","oauth_token":null}"#)
            let cart = try await visitor.get("/cart")
            #expect(cart.count(of: "<tr class=\"line-item\"") == 2)
            #expect(cart.text.contains("$54.97"))
        }
    }

    @Test func `small files are what the original has`() throws {
        try Storedog.visit { visitor in
            let icon = try await visitor.get("/favicon.ico")
            #expect(icon.status == 200)
            #expect(icon.body.isEmpty)
            let robots = try await visitor.get("/robots.txt")
            #expect(robots.status == 200)
            for path in ["/checkout", "/cart", "/orders", "/user", "/account", "/api", "/password"] { #expect(robots.text.contains("Disallow: \(path)\n")) }
        }
    }
}
