import Base
import Testing

@testable import Telemetry

@Suite struct ComputedAttributeTests {
    private static let facts = HTTPFacts(
        method: "GET", target: "/caf%C3%A9?page=2&per_page=5&page=3", host: "shop.test:3000", client: "10.0.0.7", userAgent: "curl/8", requestID: "r-1")

    @Test(arguments: [
        (SpanFact.method, "GET" as Value?), (.target, "/caf%C3%A9?page=2&per_page=5&page=3"), (.path, "/caf%C3%A9"), (.query, "page=2&per_page=5&page=3"),
        (.keys, "?page&per_page"), (.url, "http://shop.test:3000/caf%C3%A9"), (.host, "shop.test:3000"), (.hostname, "shop.test"), (.port, 3000),
        (.client, "10.0.0.7"), (.userAgent, "curl/8"), (.requestID, "r-1"), (.status, 503), (.errorType, "KeyError"), (.errorMessage, "'x'"),
        (.errorStack, nil), (.rows, nil), (.key, nil), (.hit, nil),
    ])
    func `a request's span knows this`(fact: SpanFact, expected: Value?) {
        var span = Span.make(status: 503, isError: true, error: SpanError(type: "KeyError", message: "'x'"))
        span.detail = .http(Self.facts)
        #expect(span.value(of: fact) == expected)
    }

    @Test func `a request without query and port`() {
        let facts = HTTPFacts(method: "GET", target: "/?", host: "shop.test")
        #expect(facts.value(of: .query) == nil)
        #expect(facts.value(of: .keys) == "")
        #expect(facts.value(of: .path) == "/")
        #expect(facts.value(of: .port) == 80)
        #expect(facts.value(of: .client) == nil)
    }

    @Test func `a statement knows its rows, a cache its key`() {
        var span = Span.make()
        span.detail = .rows(7)
        #expect(span.value(of: .rows) == 7)
        #expect(span.attribute(named: "db.row_count") == 7)
        span.detail = .cache(CacheFacts(key: "a", isHit: false))
        #expect(span.value(of: .key) == "a")
        #expect(span.value(of: .hit) == false)
    }

    @Test func `texts are put together, and one unknown fact leaves the attribute out`() {
        let template = SpanTemplate.make(
            attributes: [Attribute("kind", "fixed")],
            computed: [
                ComputedAttribute("url", [.text("http://"), .fact(.host), .fact(.path)]), ComputedAttribute("who", [.text("by "), .fact(.client)]),
                ComputedAttribute("kind", .method), ComputedAttribute("code", .status),
            ])
        var span = Span.make(template, status: 200)
        span.detail = .http(HTTPFacts(method: "GET", target: "/a?b", host: "h", attributes: [Attribute("own", 1)]))
        #expect(span.allAttributes.map { "\($0.name)=\($0.value.text)" }.dropFirst(3) == ["kind=fixed", "own=1", "url=http://h/a", "code=200"])
        #expect(span.attribute(named: "url") == "http://h/a")
        // The field's usual names stay known whatever the attribute is called.
        #expect(span.attribute(named: "http.status_code") == 200)
    }

    @Test func `templates say what of a request must be kept for them`() {
        let companion = SpanTemplate.Companion(.make(computed: [ComputedAttribute("a", .userAgent)]), from: 0, to: 1)
        #expect(SpanTemplate.make(computed: [ComputedAttribute("u", .url)], companions: [companion]).needs == [.host, .userAgent])
        #expect(SpanTemplate.make(computed: [ComputedAttribute("u", .target), .status]).needs == [])
    }
}
