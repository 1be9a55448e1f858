import Base
import Testing

@testable import HTTP

@Suite struct RouterTests {
    private static func make(_ routes: [String], head: Bool = true, slash: Bool = true) throws -> Router<String> {
        var router = Router<String>(headFallsBackToGet: head, ignoresTrailingSlash: slash)
        for route in routes {
            let parts = route.split(separator: " ")
            try router.add(String(parts[0]), RoutePattern(String(parts[1])), route)
        }
        return router
    }

    private static let routes = [
        "GET /", "GET /products", "POST /products", "GET /products/{slug}", "GET /products/new", "DELETE /products/{id:integer}",
        "GET /products/{id:integer}", "GET /products/{price:decimal}", "GET /products/{slug}/reviews/{number}", "GET /t/{permalink...}",
        "GET /t/special/{name}", "GET /banners/{weight:decimal}", "PUT /only/put",
    ]

    private func text(_ match: Router<String>.Match) -> String {
        switch match {
        case .found(let route, let parameters): ([route] + parameters).joined(separator: " | ")
        case .methodNotAllowed(let allowed): "405 \(allowed.joined(separator: ","))"
        case .notFound: "404"
        }
    }

    @Test(arguments: [
        ("GET", "/", "GET /"), ("GET", "", "GET /"), ("GET", "/products", "GET /products"), ("GET", "/products/", "GET /products"),
        ("POST", "/products", "POST /products"), ("GET", "/products/shoe", "GET /products/{slug} | shoe"),
        ("GET", "/products/new", "GET /products/new"), ("GET", "/products/42", "GET /products/{id:integer} | 42"),
        ("GET", "/products/4.2", "GET /products/{price:decimal} | 4.2"), ("GET", "/products/4.", "GET /products/{slug} | 4."),
        ("GET", "/products/-4", "GET /products/{slug} | -4"), ("GET", "/products/a%2Fb", "GET /products/{slug} | a/b"),
        ("GET", "/products/caf%C3%A9", "GET /products/{slug} | café"), ("GET", "/%70roducts", "GET /products"),
        ("GET", "/products/42/reviews/7", "GET /products/{slug}/reviews/{number} | 42 | 7"),
        ("GET", "/products/new/reviews/7", "GET /products/{slug}/reviews/{number} | new | 7"), ("GET", "/products/new/reviews", "404"),
        ("GET", "/t/a", "GET /t/{permalink...} | a"), ("GET", "/t/a/b/c", "GET /t/{permalink...} | a/b/c"), ("GET", "/t", "404"),
        ("GET", "/t/", "404"), ("GET", "/t//", "404"), ("GET", "/t/special/x", "GET /t/special/{name} | x"),
        ("GET", "/t/special/x/y", "GET /t/{permalink...} | special/x/y"), ("GET", "/banners/1.5", "GET /banners/{weight:decimal} | 1.5"),
        ("GET", "/banners/15", "404"), ("GET", "/banners/.5", "404"), ("GET", "/banners/1.5.2", "404"),
        ("DELETE", "/products/42", "DELETE /products/{id:integer} | 42"), ("DELETE", "/products/shoe", "405 GET,HEAD"),
        ("DELETE", "/products", "405 GET,POST,HEAD"), ("GET", "/only/put", "405 PUT"), ("HEAD", "/products", "GET /products"),
        ("HEAD", "/only/put", "405 PUT"), ("get", "/products", "405 GET,POST,HEAD"), ("GET", "/nothing", "404"),
        ("GET", "/products//reviews/1", "404"), ("GET", "/Products", "404"),
    ]) func `a path finds its route`(method: String, path: String, expected: String) throws {
        #expect(text(try Self.make(Self.routes).match(method, path: path[...])) == expected)
    }

    @Test func `a pattern without the method steps back for one that has it`() throws {
        let router = try Self.make(["POST /a/new", "GET /a/{id}", "PUT /{rest...}"])
        #expect(text(router.match("GET", segments: ["a", "new"])) == "GET /a/{id} | new")
        #expect(text(router.match("PUT", segments: ["a", "new"])) == "PUT /{rest...} | a/new")
        #expect(text(router.match("DELETE", segments: ["a", "new"])) == "405 POST,GET,PUT,HEAD")
    }

    @Test func `HEAD has its own routes when it is told to`() throws {
        #expect(text(try Self.make(["GET /a"], head: false).match("HEAD", path: "/a")) == "405 GET")
        #expect(text(try Self.make(["GET /a", "HEAD /a"]).match("HEAD", path: "/a")) == "HEAD /a")
    }

    @Test func `a trailing slash counts when it is told to`() throws {
        let router = try Self.make(["GET /a", "GET /t/{rest...}"], slash: false)
        #expect(text(try router.match("GET", path: "/a/")) == "404")
        #expect(text(try router.match("GET", path: "/t/b/")) == "GET /t/{rest...} | b/")
    }

    @Test func `bad escapes are reported`() throws {
        let router = try Self.make(["GET /{a}"])
        #expect(throws: PercentEncoding.BadEscape(offset: 1)) { try router.match("GET", path: "/a%4") }
    }

    @Test(arguments: [
        ("a", .noLeadingSlash(pattern: "a")), ("/a//b", .emptySegment(pattern: "/a//b")),
        ("/a{b}", .badBraces(pattern: "/a{b}", segment: "a{b}")), ("/{}", .badBraces(pattern: "/{}", segment: "{}")),
        ("/{...}", .badBraces(pattern: "/{...}", segment: "{...}")), ("/{a", .badBraces(pattern: "/{a", segment: "{a")),
        ("/{a}{b}", .badBraces(pattern: "/{a}{b}", segment: "{a}{b}")), ("/{:integer}", .badBraces(pattern: "/{:integer}", segment: "{:integer}")),
        ("/{a:uuid}", .unknownType(pattern: "/{a:uuid}", type: "uuid")), ("/{a}/{a}", .repeatedName(pattern: "/{a}/{a}", name: "a")),
        ("/{a...}/b", .restNotAtEnd(pattern: "/{a...}/b", name: "a")),
    ] as [(String, RoutePattern.ParseError)]) func `a wrong pattern is refused`(pattern: String, error: RoutePattern.ParseError) {
        #expect(throws: error) { try RoutePattern(pattern) }
    }

    @Test func `patterns know their parameters`() throws {
        #expect(try RoutePattern("/a/{b}/{c:integer}/{d...}").parameterNames == ["b", "c", "d"])
    }

    @Test func `the same paths twice are refused`() throws {
        #expect(throws: Router<String>.DuplicateRoute(method: "GET", pattern: "/a/{y}")) { try Self.make(["GET /a/{x}", "GET /a/{y}"]) }
    }

    @Test func `random paths match what a plain comparison matches`() throws {
        let router = try Self.make(Self.routes)
        let patterns = try Self.routes.map { route in
            let parts = route.split(separator: " ")
            return (String(parts[0]), try RoutePattern(String(parts[1])).parts)
        }
        var random = SeededRandom(seed: 3)
        let words = ["products", "new", "t", "special", "reviews", "banners", "only", "put", "42", "1.5", "x", "", "é", "%41", "a/b"]
        for _ in 0..<20_000 {
            let segments = (0..<Int.random(in: 0...5, using: &random)).map { _ in words.randomElement(using: &random)! }
            let path = segments.last == "" ? Array(segments.dropLast()) : segments
            let method = ["GET", "POST", "PUT", "DELETE"].randomElement(using: &random)!
            let isKnown = patterns.contains { Self.fits($0.1, path) }
            let isFound = patterns.contains { $0.0 == method && Self.fits($0.1, path) }
            switch router.match(method, segments: segments) {
            case .found: #expect(isFound, "\(method) \(segments)")
            case .methodNotAllowed: #expect(isKnown && !isFound, "\(method) \(segments)")
            case .notFound: #expect(!isKnown, "\(method) \(segments)")
            }
        }
    }

    /// The slow and obvious way to match.
    private static func fits(_ parts: [RoutePattern.Part], _ segments: [String]) -> Bool {
        guard let part = parts.first else { return segments.isEmpty }
        guard let segment = segments.first else { return false }
        let rest = { fits(Array(parts.dropFirst()), Array(segments.dropFirst())) }
        switch part {
        case .literal(let text): return text == segment && rest()
        case .any: return !segment.isEmpty && rest()
        case .integer: return segment.wholeMatch(of: /[0-9]+/) != nil && rest()
        case .decimal: return segment.wholeMatch(of: /[0-9]+\.[0-9]+/) != nil && rest()
        case .rest: return segments.contains { !$0.isEmpty }
        }
    }
}
