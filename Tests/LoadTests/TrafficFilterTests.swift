import Base
import HTTP
import Testing

@testable import Load

@Suite struct TrafficFilterTests {
    private static func request(_ method: String = "GET", _ target: String = "/cart?user=7&x=1", _ headers: Headers = ["Host": "old:1", "User-Agent": "test"]) -> RecordedRequest {
        RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: method, target: target, headers: headers)
    }

    private static func filter(_ options: [(String, String)]) throws -> TrafficFilter {
        var filter = TrafficFilter()
        for (name, value) in options { try filter.add(name, value) }
        return filter
    }

    @Test(arguments: [
        ([("http-allow-method", "POST")], false), ([("http-allow-method", "POST"), ("http-allow-method", "GET")], true),
        ([("http-allow-url", "^/cart")], true), ([("http-allow-url", "^/t/"), ("http-allow-url", "user=7")], true), ([("http-allow-url", "old")], false),
        ([("http-disallow-url", "cart")], false), ([("http-disallow-url", "^cart")], true), ([("http-allow-header", "User-Agent:^te")], true),
        ([("http-allow-header", "X-Missing:.*")], false), ([("http-disallow-header", "user-agent: st$")], false), ([("http-disallow-header", "X-Missing:.*")], true),
        ([("http-basic-auth-filter", "^bob:")], true), ([("http-header-limiter", "User-Agent:0%")], false), ([("http-header-limiter", "User-Agent:100%")], true),
        ([("http-header-limiter", "X-Missing:0%")], true), ([("http-param-limiter", "user:0%")], false), ([("http-param-limiter", "missing:0%")], true),
        // The parameter is set before the URL is looked at.
        ([("http-set-param", "user=8"), ("http-allow-url", "user=7")], false),
    ] as [([(String, String)], Bool)])
    func `requests pass or are dropped`(options: [(String, String)], passes: Bool) throws {
        #expect(try (Self.filter(options).apply(to: Self.request()) != nil) == passes)
    }

    @Test func `users are told apart by basic authentication`() throws {
        let filter = try Self.filter([("http-basic-auth-filter", "^bob:")])
        for (user, passes) in [("bob:secret", true), ("eve:secret", false)] {
            let request = Self.request("GET", "/", ["Authorization": "Basic " + Base64.encode(Array(user.utf8))])
            #expect((filter.apply(to: request) != nil) == passes)
        }
    }

    @Test func `a share of users is the same one each time, and about as large`() throws {
        let filter = try Self.filter([("http-param-limiter", "user:25%")])
        let kept = (0..<2_000).filter { filter.apply(to: Self.request("GET", "/?user=\($0)")) != nil }
        #expect((400...600).contains(kept.count))
        #expect(kept == (0..<2_000).filter { filter.apply(to: Self.request("GET", "/?user=\($0)")) != nil })
        // FNV-1a of "7" is 0x32... mod 100; the original decides by it.
        let hash = "7".utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % 100
        #expect(kept.contains(7) == (hash < 25))
    }

    @Test(arguments: [
        ("http-rewrite-url", "/cart(.*):/basket$1", "/basket?user=7&x=1"), ("http-rewrite-url", "user=([0-9]+):id=${1}0", "/cart?id=70&x=1"),
        ("http-rewrite-url", "nowhere:/x", "/cart?user=7&x=1"), ("http-set-param", "user=9", "/cart?user=9&x=1"), ("http-set-param", "new=1", "/cart?user=7&x=1&new=1"),
    ])
    func `targets are rewritten`(option: String, value: String, target: String) throws {
        #expect(try Self.filter([(option, value)]).apply(to: Self.request())?.target == target)
    }

    @Test func `only the first fitting rewrite is used`() throws {
        #expect(try Self.filter([("http-rewrite-url", "cart:a"), ("http-rewrite-url", "a:b")]).apply(to: Self.request())?.target == "/a?user=7&x=1")
    }

    @Test func `header fields are set and rewritten`() throws {
        let filter = try Self.filter([("http-set-header", "X-New: a: b"), ("http-set-header", "user-agent: gor"), ("http-rewrite-header", "Host: (.*):1,$1.beta:2")])
        let headers = try #require(filter.apply(to: Self.request())).headers
        #expect(headers.fields.map { "\($0.name)=\($0.value)" } == ["Host=old.beta:2", "user-agent=gor", "X-New=a: b"])
        #expect(filter.setsHost)
        #expect(try !Self.filter([("http-set-header", "X: 1")]).setsHost)
    }

    @Test func `tunnels are never sent`() { #expect(TrafficFilter().apply(to: Self.request("CONNECT", "host:443")) == nil) }

    @Test(arguments: [
        ("http-allow-url", "("), ("http-set-header", "no colon"), ("http-set-header", ":x"), ("http-set-param", "x"), ("http-header-limiter", "A:25"),
        ("http-param-limiter", "A:101%"), ("http-rewrite-url", "x"), ("http-rewrite-header", "Host: x"), ("http-nonsense", "x"),
    ])
    func `a value that cannot be used names its option`(option: String, value: String) throws {
        let mistake = #expect(throws: TrafficFilter.Mistake.self) { try Self.filter([(option, value)]) }
        #expect(mistake?.description.contains("--" + option) == true)
    }
}
