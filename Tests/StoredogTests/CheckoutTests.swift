import Base
import HTTP
import Testing

@testable import Proving

/// From the recorded browser's cart to an order: two totes and a bag, United States, UPS Ground.
@Suite struct StoredogCheckoutTests {
    static let address: KeyValuePairs = [
        "order[bill_address_attributes][firstname]": "Ada", "order[bill_address_attributes][lastname]": "Byron",
        "order[bill_address_attributes][address1]": "1 Main Street", "order[bill_address_attributes][city]": "Albany",
        "order[bill_address_attributes][country_id]": "233", "order[bill_address_attributes][state_name]": "New York",
        "order[bill_address_attributes][zipcode]": "12207", "order[bill_address_attributes][phone]": "5550100", "order[use_billing]": "1",
    ]

    /// Goes as far as the payment.
    static func payment(_ visitor: Visitor) async throws -> ClientResponse {
        visitor.cookies = ["token": Visitor.recordedCookie, "guest_token": Visitor.recordedCookie]
        let cart = try await visitor.get("/cart")
        try expectPlace(of: try await visitor.submit("update-cart", of: cart, to: "/cart", ["checkout": ""]), endsWith: ["/checkout", "/checkout/address"])
        let registration = try await visitor.get("/checkout/registration")
        let registered = try await visitor.submit("checkout_form_registration", of: registration, to: "/checkout/registration", ["order[email]": "ada@example.com"])
        try expectPlace(of: registered, endsWith: ["/checkout", "/checkout/address"])
        let form = try await visitor.get("/checkout/address")
        try expectPlace(of: try await visitor.submit("checkout_form_address", of: form, to: "/checkout/update/address", address), endsWith: ["/checkout/delivery"])
        let delivery = try await visitor.get("/checkout/delivery")
        let ground = try #require(delivery.text.between("selected_shipping_rate_id]\" value=\"", "\""))
        let delivered = try await visitor.submit(
            "checkout_form_delivery", of: delivery, to: "/checkout/update/delivery", ["order[shipments_attributes][0][selected_shipping_rate_id]": ground])
        try expectPlace(of: delivered, endsWith: ["/checkout/payment"])
        return try await visitor.get("/checkout/payment")
    }

    static func expectPlace(of answer: ClientResponse, endsWith places: [String]) throws {
        let place = answer.headers["Location"] ?? ""
        guard answer.status == 302, places.contains(where: place.hasSuffix) else { throw Unexpected("\(answer.status) \(place) \(answer.title)") }
    }

    @Test func `an order paid by check is complete, and its totals are the original's`() throws {
        try Storedog.visit { visitor in
            let payment = try await Self.payment(visitor)
            #expect(payment.text.contains("$62.72"))
            let placed = try await visitor.submit(
                "checkout_form_payment", of: payment, to: "/checkout/update/payment", ["order[payments_attributes][][payment_method_id]": "3"])
            try Self.expectPlace(of: placed, endsWith: ["/orders/R246115036"])
            let receipt = try await visitor.get("/orders/R246115036")
            #expect(receipt.status == 200)
            #expect(receipt.text.contains("Your order has been processed successfully"))
            for amount in ["$54.97", "$5.00", "$2.75", "$62.72"] { #expect(receipt.text.contains(amount)) }
            #expect(try await visitor.get("/cart_link").text.contains("(Empty)"))
        }
    }

    @Test(arguments: [("4111111111111111", true), ("1", true), ("4111111111111112", false)])
    func `a card goes through when the bogus gateway knows it`(number: String, isAccepted: Bool) throws {
        try Storedog.visit { visitor in
            let payment = try await Self.payment(visitor)
            let paid = try await visitor.submit(
                "checkout_form_payment", of: payment, to: "/checkout/update/payment",
                [
                    "order[payments_attributes][][payment_method_id]": "2", "payment_source[2][name]": "Ada Byron", "payment_source[2][number]": number,
                    "payment_source[2][expiry]": "12 / 30", "payment_source[2][verification_value]": "123",
                ])
            try Self.expectPlace(of: paid, endsWith: ["/checkout/confirm"])
            let confirm = try await visitor.get("/checkout/confirm")
            let placed = try await visitor.submit("checkout_form_confirm", of: confirm, to: "/checkout/update/confirm", [:])
            if isAccepted {
                try Self.expectPlace(of: placed, endsWith: ["/orders/R246115036"])
            } else {
                let page = placed.status == 302 ? try await visitor.get("/checkout/payment") : placed
                #expect(page.text.contains("Bogus Gateway: Forced failure"))
                #expect(try await visitor.get("/cart_link").text.contains("Cart: (3)"))
            }
        }
    }

    @Test func `nobody gets to the checkout without a cart`() throws {
        try Storedog.visit { visitor in
            try Self.expectPlace(of: try await visitor.get("/checkout"), endsWith: ["/cart"])
        }
    }
}
