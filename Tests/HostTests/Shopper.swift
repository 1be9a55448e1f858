import Base
import HTTP

/// A browser without scripts on real sockets: keeps cookies, follows nothing by itself. Used by one task at a time.
// @unchecked Sendable: only the task on the client's loop touches it.
final class Shopper: @unchecked Sendable {
    private let client: Client
    private let base: String
    private var cookies: [String: String] = [:]

    init(_ client: Client, base: String) {
        self.client = client
        self.base = base
    }

    @discardableResult
    func send(_ method: String, _ path: String, headers: Headers = [:], body: String = "", expecting status: Int) async throws -> ClientResponse {
        var headers = headers
        if !cookies.isEmpty { headers.add("Cookie", cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")) }
        let answer = try await client.send(ClientRequest(method: method, url: base + path, headers: headers, body: Array(body.utf8), timeout: .seconds(20)))
        for line in answer.headers.values("Set-Cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        guard answer.status == status else { throw Unexpected("\(method) \(path): \(answer.status) \(answer.text.prefix(500))") }
        return answer
    }

    /// Sends a page's form with its hidden fields and what the visitor fills in; the shop redirects.
    func submit(_ form: String, of page: ClientResponse, to path: String, _ fields: KeyValuePairs<String, String>) async throws {
        guard let start = page.text.firstRange(of: "id=\"\(form)\"")?.upperBound else { throw Unexpected("no form \(form) for \(path)") }
        let inner = page.text[start...].prefix(upTo: page.text[start...].firstRange(of: "</form>")?.lowerBound ?? page.text.endIndex)
        var pairs = QueryPairs()
        for input in inner.split(separator: "<input ").map(String.init) where input.hasPrefix("type=\"hidden\"") {
            guard let name = input.between("name=\"", "\""), !fields.contains(where: { $0.key == name }) else { continue }
            pairs.add(name, input.between("value=\"", "\"") ?? "")
        }
        for (name, value) in fields { pairs.add(name, value) }
        try await send("POST", path, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: pairs.encoded, expecting: 302)
    }

    static let address: KeyValuePairs = [
        "order[bill_address_attributes][firstname]": "Ada", "order[bill_address_attributes][lastname]": "Byron",
        "order[bill_address_attributes][address1]": "1 Main Street", "order[bill_address_attributes][city]": "Albany",
        "order[bill_address_attributes][country_id]": "233", "order[bill_address_attributes][state_name]": "New York",
        "order[bill_address_attributes][zipcode]": "12207", "order[bill_address_attributes][phone]": "5550100", "order[use_billing]": "1",
    ]

    /// From an empty cart to an order paid by check. Only pages without random content.
    ///
    /// - Returns: The order's number.
    func buy() async throws -> String {
        try await send("GET", "/t/mugs", expecting: 200)
        let token = try await send("POST", "/ensure_cart", expecting: 200).json["token"]?.text ?? ""
        let headers: Headers = ["Content-Type": "application/json", "X-Spree-Order-Token": token]
        try await send("POST", "/api/v2/storefront/cart/add_item?include=line_items", headers: headers, body: #"{"variant_id":"11","quantity":1,"options":{}}"#, expecting: 200)
        let full = try await send(
            "POST", "/api/v2/storefront/cart/add_item?include=line_items", headers: headers, body: #"{"variant_id":"1","quantity":2,"options":{}}"#, expecting: 200
        ).json
        let line = full["data"]?["relationships"]?["line_items"]?["data"]?["0"]?["id"]?.text ?? ""
        try await send("DELETE", "/api/v2/storefront/cart/remove_line_item/\(line)", headers: headers, expecting: 200)
        try await submit("update-cart", of: try await send("GET", "/cart", expecting: 200), to: "/cart", ["checkout": ""])
        let registration = try await send("GET", "/checkout/registration", expecting: 200)
        try await submit("checkout_form_registration", of: registration, to: "/checkout/registration", ["order[email]": "ada@example.com"])
        try await submit("checkout_form_address", of: try await send("GET", "/checkout/address", expecting: 200), to: "/checkout/update/address", Self.address)
        let delivery = try await send("GET", "/checkout/delivery", expecting: 200)
        let rate = delivery.text.between("selected_shipping_rate_id]\" value=\"", "\"") ?? ""
        try await submit("checkout_form_delivery", of: delivery, to: "/checkout/update/delivery", ["order[shipments_attributes][0][selected_shipping_rate_id]": rate])
        let payment = try await send("GET", "/checkout/payment", expecting: 200)
        try await submit("checkout_form_payment", of: payment, to: "/checkout/update/payment", ["order[payments_attributes][][payment_method_id]": "3"])
        let number = try Value.parse(json: full.jsonBytes())["data"]?["attributes"]?["number"]?.text ?? ""
        try await send("GET", "/orders/\(number)", expecting: 200)
        return number
    }
}

extension String {
    fileprivate func between(_ start: String, _ end: String) -> String? {
        guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound else { return nil }
        return String(self[from..<to])
    }
}
