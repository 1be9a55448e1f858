import Base
import HTTP
import Testing

@testable import Proving

@Suite struct StoredogCartTests {
    static let token: Headers = ["X-Spree-Order-Token": Visitor.recordedToken, "Accept": "application/json", "Content-Type": "application/json"]

    /// As the original answered it.
    static let cart = #"{"data":{"id":"1","type":"cart","attributes":{"number":"R246115036","item_total":"54.97","total":"54.97","ship_total":"0.0","adjustment_total":"0.0","created_at":"2019-09-09T17:40:41.248Z","updated_at":"2019-09-10T18:27:08.260Z","completed_at":null,"included_tax_total":"0.0","additional_tax_total":"0.0","display_additional_tax_total":"$0.00","display_included_tax_total":"$0.00","tax_total":"0.0","currency":"USD","state":"cart","token":"aeihRQ1NnX7TbfvhhtQNNg1567611578919","email":null,"display_item_total":"$54.97","display_ship_total":"$0.00","display_adjustment_total":"$0.00","display_tax_total":"$0.00","promo_total":"0.0","display_promo_total":"$0.00","item_count":3,"special_instructions":null,"display_total":"$54.97"},"relationships":{"line_items":{"data":[{"id":"1","type":"line_item"},{"id":"2","type":"line_item"}]},"variants":{"data":[{"id":"1","type":"variant"},{"id":"11","type":"variant"}]},"promotions":{"data":[]},"payments":{"data":[]},"shipments":{"data":[]},"user":{"data":null},"billing_address":{"data":null},"shipping_address":{"data":null}}}}"#

    @Test func `a cart is the original's document, byte by byte`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.get("/api/v2/storefront/cart", headers: Self.token)
            #expect(answer.status == 200)
            #expect(answer.type.hasPrefix("application/vnd.api+json"))
            #expect(answer.text == Self.cart)
        }
    }

    @Test func `adding an item that is there already raises its quantity`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.send(
                "POST", "/api/v2/storefront/cart/add_item", headers: Self.token, body: #"{"variant_id":"11","quantity":1,"options":{}}"#)
            #expect(answer.status == 200)
            #expect(answer.type.hasPrefix("application/vnd.api+json"))
            let attributes = try answer.json["data"]?["attributes"]
            #expect(attributes?["item_count"] == .int(4))
            #expect(attributes?["display_total"]?.text == "$77.96")
            #expect(try answer.json["data"]?["relationships"]?["line_items"]?["data"]?.elements?.count == 2)
            #expect(try answer.json["included"] == nil)
        }
    }

    static let refusals = [
        (#"{"variant_id":"99","quantity":1}"#, Visitor.recordedToken, 404, #"{"error":"The resource you were looking for could not be found."}"#),
        (#"{"variant_id":"11","quantity":1}"#, "nobody", 404, #"{"error":"The resource you were looking for could not be found."}"#),
    ]

    @Test(arguments: refusals) func `what is not there cannot be added`(body: String, token: String, status: Int, text: String) throws {
        try Storedog.visit { visitor in
            let headers: Headers = ["X-Spree-Order-Token": token, "Content-Type": "application/json"]
            let answer = try await visitor.send("POST", "/api/v2/storefront/cart/add_item", headers: headers, body: body)
            #expect(answer.status == status)
            #expect(answer.text == text)
        }
    }

    @Test func `a coupon that the discounts advertise is unknown to the shop, as in the original`() throws {
        try Storedog.visit { visitor in
            let answer = try await visitor.send(
                "PATCH", "/api/v2/storefront/cart/apply_coupon_code", headers: Self.token, body: #"{"coupon_code":"BFRIDAY"}"#)
            #expect(answer.status == 422)
            #expect(try answer.json["error"]?.text == "The coupon code you entered doesn't exist. Please try again.")
        }
    }

    @Test func `a browser's way from an empty cart to a full one`() throws {
        try Storedog.visit { visitor in
            _ = try await visitor.get("/")
            let token = try #require(try await visitor.send("POST", "/ensure_cart").json["token"]?.text)
            let headers: Headers = ["X-Spree-Order-Token": token, "Content-Type": "application/json"]
            let added = try await visitor.send("POST", "/api/v2/storefront/cart/add_item", headers: headers, body: #"{"variant_id":"13","quantity":2}"#)
            #expect(added.status == 200)
            #expect(try await visitor.get("/cart_link").text.contains("Cart: (2)"))
            let cart = try await visitor.get("/cart")
            let line = try #require(try cart.hiddenFields(ofForm: "update-cart").first { $0.name == "order[line_items_attributes][0][id]" }?.value)
            let changed = try await visitor.submit(
                "update-cart", of: cart, to: "/cart",
                ["order[line_items_attributes][0][id]": line, "order[line_items_attributes][0][quantity]": "5", "button": ""])
            #expect(changed.status == 302)
            #expect(try await visitor.get("/cart_link").text.contains("$84.95"))
            let emptied = try await visitor.submit("empty-cart", of: try await visitor.get("/cart"), to: "/cart/empty", [:])
            #expect(emptied.status == 302)
            #expect(try await visitor.get("/cart").text.contains("Your cart is empty"))
        }
    }
}
