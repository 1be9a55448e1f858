import Base
import HTTP
import Testing

@testable import Load

@Suite struct MeaningTests {
    // MARK: Identifiers

    @Test(arguments: [
        "R246115036", "aeihRQ1NnX7TbfvhhtQNNg1567611578919", "PnCrXJJgeHTb9UBwY6KpSvkd7O3-qyYp", "004689afc718de2e30098db9ce76ad96", "0f85b8a9ff93faaca2141f583e4ad17e",
        "2f1c6d0e-8a51-4a6e-9f43-3b3d1f0f8c55", "ImFlaWhSUTFOblg3VGJmdmhodFFOTmcxNTY3NjExNTc4OTE5Ig%3D%3D--7ffb6f32af134e6e0f1337c397e3f453060c333a", "k3j9x0a8b7c6d5e4",
    ])
    func `what generators print is told from words`(text: String) { #expect(Identifier.isOpaque(text)) }

    @Test(arguments: [
        "datadog-ringer-t-shirt", "54.97", "$1,234.50", "123456789", "2026-01-31T08:49:37Z", "monitoring-stein", "/products/Datadog-Tote-2019", "Categories", "", "USD",
        "development", "application/vnd.api+json", "a long sentence with 3 numbers 1 2 3",
    ])
    func `words, prices and paths are no identifiers`(text: String) { #expect(!Identifier.isOpaque(text)) }

    @Test(arguments: ["id", "order_id", "variantId", "X-Request-ID", "csrf-token", "authenticity_token", "order[items_attributes][0][id]", "ids[]", "session", "number"])
    func `names of identifiers`(name: String) { #expect(Identifier.isName(name)) }

    @Test(arguments: ["name", "paid", "price", "valid", "quantity", "order[email]", "description", ""])
    func `names of other things`(name: String) { #expect(!Identifier.isName(name)) }

    // MARK: HTML

    @Test func `tags, text and scripts are told apart`() {
        let html = #"<!DOCTYPE html><!-- <p>no</p> --><p class=a ID='x y' hidden>Fish &amp; chips &#163;5 &lt;now&gt; 1 < 2</p><script>if (a < b) "<p>"</script><br/>"#
        #expect(
            Array(HTMLScanner(Array(html.utf8))) == [
                .open(name: "p", attributes: [.init(name: "class", value: "a"), .init(name: "id", value: "x y"), .init(name: "hidden", value: "")]),
                .text("Fish & chips £5 <now> 1 < 2"), .close(name: "p"), .open(name: "script", attributes: []), .script(#"if (a < b) "<p>""#), .close(name: "script"),
                .open(name: "br", attributes: []),
            ])
    }

    @Test(arguments: ["<", "<a", "<a href", "<a href=", "<a href='x", "</", "<!--", "<script>x", "&", "&#", "&#xffffffff;", "&amp", "<a b=c"]) func `unfinished HTML ends`(html: String) {
        #expect(Array(HTMLScanner(Array(html.utf8))).count <= 2)
    }

    // MARK: Values

    private static let page = """
        <meta name="csrf-token" content="TOKEN"><form id="checkout" action="/checkout/update/address"><input type="hidden" name="authenticity_token" value="TOKEN">
        <input type=hidden name="order[state_lock_version]" value="VERSION"><input type="radio" name="rate_id" value="RATE"></form>
        <a href="/orders/R246115036?tab=1">order</a><script>Spree.current_order_token = "aeihRQ1NnX7TbfvhhtQNNg1567611578919";</script>
        """

    @Test func `values are found with the names that requests give them`() {
        let values = ValueFinder(headers: ["Content-Type": "text/html", "Set-Cookie": "s=1; Path=/", "ETag": "\"a\""], body: Array(Self.page.utf8)).values
        #expect(
            values.map { "\($0.name)=\($0.value)" } == [
                "s=1", "etag=\"a\"", "csrf-token=TOKEN", "authenticity_token=TOKEN", "order[state_lock_version]=VERSION", "rate_id=RATE", "orders=R246115036",
                "current_order_token=aeihRQ1NnX7TbfvhhtQNNg1567611578919",
            ])
    }

    /// What a session has learned from one pair of answers.
    private static func learned(_ recorded: String, _ live: String, type: String = "application/json", cookies: (String?, String?) = (nil, nil), request: Headers = [:]) -> ValueMap {
        func find(_ body: String, _ cookie: String?) -> [FoundValue] {
            var headers: Headers = ["Content-Type": type]
            if let cookie { headers.add("Set-Cookie", cookie) }
            return ValueFinder(headers: headers, body: Array(body.utf8)).values
        }
        var map = ValueMap()
        map.learn(
            recorded: find(recorded, cookies.0), live: find(live, cookies.1),
            request: RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "GET", target: "/", headers: request))
        return map
    }

    private static func rewritten(_ map: ValueMap, _ target: String, _ headers: Headers = [:], _ body: String = "") -> RecordedRequest {
        RequestRewriter(values: map).rewrite(RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "POST", target: target, headers: headers, body: Array(body.utf8)))
    }

    @Test func `a token goes wherever the recorded one went`() {
        let (old, new) = ("aeihRQ1NnX7TbfvhhtQNNg1567611578919", "zzihRQ1NnX7TbfvhhtQNNg1567611578777")
        let map = Self.learned(#"{"data": {"token": "\#(old)"}}"#, #"{"data": {"token": "\#(new)"}}"#)
        let request = Self.rewritten(
            map, "/orders/\(old)/x?order_token=\(old)&a=b%20c",
            ["X-Spree-Order-Token": old, "Authorization": "Bearer \(old)", "Cookie": "a=1; token=\(old)", "Referer": "http://h/orders/\(old)", "Accept": "*/*", "Content-Type": "application/json"],
            #"{"deep": [{"order_token": "\#(old)", "n": 1}]}"#)
        #expect(request.target == "/orders/\(new)/x?order_token=\(new)&a=b%20c")
        #expect(request.headers.fields.map(\.value) == [new, "Bearer \(new)", "a=1; token=\(new)", "http://h/orders/\(new)", "*/*", "application/json"])
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"deep":[{"order_token":"\#(new)","n":1}]}"#)
    }

    @Test func `a form's hidden fields are mapped by name`() {
        let live = Self.page.replacing("TOKEN", with: "NEW").replacing("VERSION", with: "3").replacing("RATE", with: "12")
        let recorded = Self.page.replacing("VERSION", with: "2").replacing("RATE", with: "11")
        let map = Self.learned(recorded, live, type: "text/html")
        let body = "utf8=%E2%9C%93&authenticity_token=TOKEN&order%5Bstate_lock_version%5D=2&rate_id=11&quantity=2"
        let form = Self.rewritten(map, "/checkout", ["Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": "TOKEN"], body)
        #expect(String(decoding: form.body, as: UTF8.self) == "utf8=%E2%9C%93&authenticity_token=NEW&order%5Bstate_lock_version%5D=3&rate_id=12&quantity=2")
    }

    @Test func `short identifiers are replaced where names say so, and nowhere else`() {
        let map = Self.learned(#"{"line_items": [{"id": 5, "quantity": 5}]}"#, #"{"line_items": [{"id": 9, "quantity": 5}]}"#)
        #expect(Self.rewritten(map, "/cart/remove_line_item/5").target == "/cart/remove_line_item/9")
        #expect(Self.rewritten(map, "/products/5?page=5").target == "/products/5?page=5")
        let body = Self.rewritten(map, "/", ["Content-Type": "application/json"], #"{"id":5,"quantity":5}"#).body
        #expect(String(decoding: body, as: UTF8.self) == #"{"id":9,"quantity":5}"#)
    }

    @Test func `rows of two tables may have the same number`() {
        let map = Self.learned(#"{"order": {"id": 3}, "line_items": [{"id": 3}, {"id": 4}]}"#, #"{"order": {"id": 5}, "line_items": [{"id": 7}, {"id": 3}]}"#)
        #expect(Self.rewritten(map, "/orders/3").target == "/orders/5")
        // The 3 is still among the line items.
        #expect(Self.rewritten(map, "/line_items/3").target == "/line_items/3")
        #expect(Self.rewritten(map, "/line_items/4").target == "/line_items/3")
    }

    @Test func `values that the live answer still has are not replaced`() {
        let map = Self.learned(#"[{"id": 1}, {"id": 2}]"#, #"[{"id": 2}, {"id": 1}]"#)
        #expect(map.isEmpty)
    }

    @Test func `cookies follow the shop, also one that only the live shop sets`() {
        let set = Self.learned("{}", "{}", cookies: ("sid=old; Path=/", "sid=new; Path=/"))
        #expect(Self.rewritten(set, "/", ["Cookie": "sid=old; other=old"]).headers["Cookie"] == "sid=new; other=old")
        let anew = Self.learned("{}", "{}", cookies: (nil, "sid=new"), request: ["Cookie": "sid=known"])
        #expect(Self.rewritten(anew, "/", ["Cookie": "sid=known"]).headers["Cookie"] == "sid=new")
    }

    @Test func `an entity tag is asked for as the live shop gave it`() {
        var map = ValueMap()
        let (recorded, live) = [#"W/"1""#, #"W/"2""#].map { ValueFinder(headers: ["ETag": $0], body: []).values }.pair
        map.learn(recorded: recorded, live: live, request: RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "GET", target: "/"))
        #expect(Self.rewritten(map, "/", ["If-None-Match": #"W/"1""#]).headers["If-None-Match"] == #"W/"2""#)
    }

    @Test func `requests without such values stay as they are, byte for byte`() {
        let map = Self.learned(#"{"token": "aeihRQ1NnX7TbfvhhtQNNg1567611578919"}"#, #"{"token": "zzihRQ1NnX7TbfvhhtQNNg1567611578777"}"#)
        let body = #"{ "b" : 1,   "a": [ ] }"#
        let request = Self.rewritten(map, "/a%20b//c?x=%2f&&y", ["Cookie": "a=1;b=2 ; c", "Content-Type": "application/json"], body)
        #expect(request.target == "/a%20b//c?x=%2f&&y")
        #expect(request.headers["Cookie"] == "a=1;b=2 ; c")
        #expect(String(decoding: request.body, as: UTF8.self) == body)
    }

    // MARK: Comparison

    private static func difference(
        _ recorded: String, _ live: String, type: String = "application/json", level: ComparisonLevel = .meaning, status: (Int, Int) = (200, 200), location: (String?, String?) = (nil, nil)
    ) -> Difference? {
        func headers(_ location: String?) -> Headers { location.map { ["Content-Type": type, "Location": $0] } ?? ["Content-Type": type] }
        let answer = ClientResponse(
            status: status.1, httpVersion: "1.1", headers: headers(location.1), body: Array(live.utf8), timings: .init(), effectiveURL: "", remoteAddress: "")
        let record = RecordedResponse(id: "1", time: Timestamp(nanoseconds: 0), status: status.0, headers: headers(location.0), body: Array(recorded.utf8))
        return ResponseComparison(level: level, values: ValueMap()).difference(record, answer, bodies: (Array(recorded.utf8), Array(live.utf8)))
    }

    @Test(arguments: [
        (#"{"a": 1, "b": 2.0}"#, #"{"b":2,"a":1}"#), (#"{"token": "aeihRQ1NnX7TbfvhhtQNNg1567611578919"}"#, #"{"token": "zzihRQ1NnX7TbfvhhtQNNg1567611578777"}"#),
        (#"{"at": "2026-01-31T08:49:37.123Z"}"#, #"{"at": "2027-01-31T08:49:37.9Z"}"#), (#"{"n": "R246115036"}"#, #"{"n": "R999115036"}"#),
        (#"{"u": "http://localhost:3000/a/b"}"#, #"{"u": "http://127.0.0.1:3100/a/b"}"#),
    ])
    func `JSON of the same meaning does not differ`(recorded: String, live: String) {
        #expect(Self.difference(recorded, live) == nil)
        #expect(Self.difference(recorded, live, level: .exact)?.kind == .bytes)
    }

    @Test(arguments: [
        (#"{"a": [1, 2]}"#, #"{"a": [1, 3]}"#, "/a/1", "2", "3"), (#"{"a": [1]}"#, #"{"a": []}"#, "/a", "1 elements", "0 elements"), (#"{"a": 1}"#, #"{}"#, "/a", "1", "nothing"),
        (#"{}"#, #"{"x/y": null}"#, "/x~1y", "nothing", "null"), (#"{"a": "1"}"#, #"{"a": 1}"#, "/a", "\"1\"", "1"), (#"{"p": "54.97"}"#, #"{"p": "54.98"}"#, "/p", "54.97", "54.98"),
        (#"{"u": "http://h/a"}"#, #"{"u": "http://h/b"}"#, "/u", "http://h/a", "http://h/b"),
    ])
    func `JSON of another meaning is named with its place`(recorded: String, live: String, place: String, old: String, new: String) {
        #expect(Self.difference(recorded, live) == Difference(.json, at: place, recorded: old, live: new))
    }

    @Test func `pages differ when a reader sees it`() {
        let page = #"<head><meta name=csrf content=a></head><p  class="x">Total:\n $54.97</p><script>var a = 1</script>"#
        let same = #"<p>Total:\n<b>$54.97</b></p><img src="other.png">"#
        #expect(Self.difference(page, same, type: "text/html") == nil)
        #expect(Self.difference("<p>Order R246115036, thanks</p>", "<p>Order R111111111, thanks</p>", type: "text/html") == nil)
        let other = Self.difference("<p>the total is $54.97 today</p>", "<p>the total is $77.96 today</p>", type: "text/html; charset=utf-8")
        #expect(other == Difference(.text, recorded: "the total is $54.97", live: "the total is $77.96"))
        #expect(Self.difference("<p>one two</p>", "<p>one</p>", type: "text/html") == Difference(.text, recorded: "one two", live: "one"))
    }

    @Test func `words that vary in the recording may vary, and others may not`() {
        func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
        var pattern = TextPattern(words("home buy a red shirt today total 5"))
        #expect(pattern.matches(words("home buy a red shirt today total 5")))
        #expect(!pattern.matches(words("home buy a blue shirt today total 5")))
        pattern.note(words("home buy two green hats today total 5"))
        pattern.note(words("home buy nothing today total 5"))
        #expect(pattern.words == words("home buy today total 5"))
        for (text, isSame) in [
            ("home buy a blue mug today total 5", true), ("home buy today total 5", true), ("home buy a blue mug today total 6", false), ("home buy a mug total 5", false),
            ("home sorry buy a mug today total 5", false), ("home buy a mug today total 5 error", false), ("", false),
        ] { #expect(pattern.matches(words(text)) == isSame, "\(text)") }
    }

    @Test func `statuses, types, redirects and pictures are compared`() {
        #expect(Self.difference("", "", status: (200, 500)) == Difference(.status, recorded: "200", live: "500"))
        #expect(Self.difference("a", "b", level: .status) == nil)
        #expect(Self.difference("", "", level: .off, status: (200, 500)) == nil)
        #expect(Self.difference("", "", status: (302, 302), location: ("http://localhost:3000/cart", "http://127.0.0.1:4000/cart")) == nil)
        #expect(Self.difference("", "", status: (302, 302), location: ("http://h/orders/R246115036", "http://h/orders/R111111111")) == nil)
        #expect(Self.difference("", "", status: (302, 302), location: ("http://h/cart", "http://h/login"))?.kind == .location)
        #expect(Self.difference("abc", "abd", type: "image/png")?.kind == .bytes)
    }

    @Test func `packed bodies are compared unpacked, others are left out`() {
        let body = Array("hello".utf8)
        #expect(ResponseComparison.unpacked(gzip(body), ["Content-Encoding": "gzip"]) == body)
        #expect(ResponseComparison.unpacked(body, [:]) == body)
        #expect(ResponseComparison.unpacked(body, ["Content-Encoding": "br"]) == nil)
        #expect(ResponseComparison.unpacked(body, ["Content-Encoding": "gzip"]) == nil)
    }
}

extension [[FoundValue]] {
    fileprivate var pair: ([FoundValue], [FoundValue]) { (self[0], self[1]) }
}
