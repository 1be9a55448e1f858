import Base
import Testing

@testable import HTTP

@Suite struct ParsingTests {
    @Test(arguments: [
        ("/a/b?c=d", "/a/b", "c=d"), ("/", "/", nil), ("/?", "/", ""), ("/a?b?c", "/a", "b?c"), ("/a#f?x", "/a", nil), ("/a?b#f", "/a", "b"),
        ("http://host:80/a?b", "/a", "b"), ("HTTPS://host", "/", nil), ("http://host?q=1", "", "q=1"), ("*", "*", nil), ("", "", nil),
    ] as [(String, String, String?)]) func `a target has path and query`(raw: String, path: String, query: String?) {
        let target = RequestTarget(raw)
        #expect(String(target.rawPath) == path)
        #expect(target.rawQuery.map(String.init) == query)
    }

    @Test func `segments are decoded one by one`() throws {
        #expect(try RequestTarget("/a%2Fb/c%20d/+/").segments() == ["a/b", "c d", "+", ""])
        #expect(try RequestTarget("/").segments() == [])
        #expect(try RequestTarget("http://host?q").segments() == [])
        #expect(try RequestTarget("/a%2Fb").path() == "/a/b")
        #expect(throws: PercentEncoding.BadEscape(offset: 1)) { try RequestTarget("/ok/b%zz").segments() }
    }

    @Test func `query pairs keep order, repeats and empty values`() {
        let query = RequestTarget("/?b=1&a=x+y%26z&b=2&flag&=v&&e=%zz&p=1%2B1&t==").query
        #expect(query.pairs.map(\.name) == ["b", "a", "b", "flag", "", "e", "p", "t"])
        #expect(query.pairs.map(\.value) == ["1", "x y&z", "2", "", "v", "%zz", "1+1", "="])
        #expect(query["b"] == "1")
        #expect(query["B"] == nil)
        #expect(query.values("b") == ["1", "2"])
        #expect(query.badEscapes == 1)
    }

    @Test func `no more pairs than the limit are read`() {
        let text = (0..<1_500).map { "a\($0)=1" }.joined(separator: "&")
        let query = QueryPairs(parsing: text)
        #expect(query.pairs.count == QueryPairs.pairLimit)
        #expect(query.isTruncated)
    }

    @Test func `encoding keeps what its place allows`() {
        #expect(PercentEncoding.encode("a/b c+é", for: .path) == "a/b%20c+%C3%A9")
        #expect(PercentEncoding.encode("a/b c+é", for: .segment) == "a%2Fb%20c+%C3%A9")
        #expect(PercentEncoding.encode("a/b c+é", for: .form) == "a%2Fb+c%2B%C3%A9")
        #expect(PercentEncoding.encode("a/b c+é~") == "a%2Fb%20c%2B%C3%A9~")
    }

    @Test(arguments: [
        ("a=1; b=2", ["a=1", "b=2"]), ("a=1;b=2;a=3", ["a=1", "b=2", "a=3"]), ("a=\"x y\"", ["a=x y"]), ("a=b=c", ["a=b=c"]),
        ("novalue; =x; a=", ["a="]), ("", []), (" ; ;", []), ("a=\"", ["a=\""]), ("a = 1 ", ["a=1"]),
    ]) func `cookies come in order`(field: String, expected: [String]) {
        #expect(Cookie.parse(field).map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test func `a request's cookies come from all its Cookie fields`() {
        let request = Request(method: "GET", target: "/", headers: Headers(["Cookie": "a=1; b=2", "cookie": "a=3"]))
        #expect(request.cookies.map(\.value) == ["1", "2", "3"])
        #expect(request.cookie("a") == "1")
        #expect(request.cookie("c") == nil)
    }

    @Test func `Set-Cookie prints its attributes`() {
        #expect(SetCookie(name: "a", value: "b").headerValue == "a=b; Path=/")
        let full = SetCookie(
            name: "sid", value: "x", path: "/cart", domain: "shop.test", maxAgeSeconds: 60, expires: Timestamp(nanoseconds: 784_111_777_000_000_000),
            isSecure: true, isHTTPOnly: true, sameSite: .lax)
        #expect(
            full.headerValue
                == "sid=x; Domain=shop.test; Path=/cart; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=60; HttpOnly; Secure; SameSite=Lax")
        #expect(SetCookie(name: "a=b", value: "1; Secure\r\nX: y é", path: nil).headerValue == "a%3Db=1%3B Secure%0D%0AX: y %C3%A9")
    }

    @Test(arguments: [
        ("\"abc\"", true), ("W/\"abc\"", true), ("\"x\", \"abc\"", true), (" * ", true), ("\"x\"", false), ("abc", false), ("", false),
        ("\"abc", false), ("\"a*c\"", false), ("\"x,\"abc\"", false),
    ]) func `If-None-Match names a tag`(field: String, expected: Bool) {
        #expect(EntityTag("abc").isNamed(inIfNoneMatch: field) == expected)
        #expect(EntityTag("abc", isWeak: true).isNamed(inIfNoneMatch: field) == expected)
    }

    @Test func `an entity tag changes with the bytes`() {
        #expect(EntityTag(of: [1, 2]).description == EntityTag(of: [1, 2]).description)
        #expect(EntityTag(of: [1, 2]) != EntityTag(of: [2, 1]))
        #expect(EntityTag("a", isWeak: true).description == "W/\"a\"")
    }

    @Test func `media types and reason phrases`() {
        #expect(MediaType.ofFile(named: "site.min.CSS") == "text/css; charset=utf-8")
        #expect(MediaType.ofFile(named: "a/b.svg") == "image/svg+xml")
        #expect(MediaType.ofFile(named: "noextension") == "application/octet-stream")
        #expect(MediaType.ofFile(named: ".") == "application/octet-stream")
        #expect(Status.reason(418) == "")
        #expect(Status.reason(503) == "Service Unavailable")
    }

    @Test func `header parameters are read with and without quotes`() {
        let field = HeaderParameters("Form-Data; name=\"a;\\\"b\"; FILENAME=c.txt ; odd; path=\"C:\\x\"")
        #expect(field.value == "form-data")
        #expect(field["name"] == "a;\"b")
        #expect(field["filename"] == "c.txt")
        #expect(field["path"] == "C:\\x")
        #expect(field["odd"] == nil)
    }

    @Test func `URLs have scheme, host and port`() {
        #expect(URLParts("HTTP://Shop.test/a").map { [$0.scheme, $0.host, String($0.port)] } == ["http", "Shop.test", "80"])
        #expect(URLParts("https://[::1]:8443/").map { [$0.scheme, $0.host, String($0.port)] } == ["https", "[::1]", "8443"])
        #expect(URLParts("no url") == nil)
    }
}
