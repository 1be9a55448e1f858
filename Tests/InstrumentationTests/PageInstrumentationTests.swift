import Base
import HTTP
import Instrumentation
import Testing

@Suite struct PageInstrumentationTests {
    let page = Array("<html><head></head></html>".utf8)
    let watch = PageInstrumentation(Snippet([.inline("rum()")], marker: "rum()"))

    private func response(_ status: Int = 200, _ headers: Headers = Headers(["Content-Type": "text/html; charset=utf-8"])) -> Response {
        Response(status: status, headers: headers, body: page)
    }

    private func applied(_ response: Response, _ request: Request = Request(method: "GET", target: "/")) -> Response {
        var response = response
        watch.apply(to: &response, for: request)
        return response
    }

    @Test(arguments: [(200, true), (201, true), (404, true), (500, true), (503, true), (204, false), (206, false), (301, false), (304, false)])
    func `successes and errors are pages, redirects are not`(status: Int, isPage: Bool) {
        #expect((applied(response(status)).bodyBytes != page) == isPage)
    }

    @Test(arguments: [
        (Headers(["Content-Type": "TEXT/HTML"]), true), (Headers(["Content-Type": " text/html ;charset=x"]), true), (Headers(["Content-Type": "text/html", "Content-Encoding": "Identity"]), true),
        (Headers(["Content-Type": "text/html", "Content-Encoding": "gzip"]), false), (Headers(["Content-Type": "application/json"]), false), (Headers(["Content-Type": "text/html5"]), false), (Headers([:]), false),
    ])
    func `only plain HTML is touched`(headers: Headers, isPage: Bool) {
        #expect((applied(response(200, headers)).bodyBytes != page) == isPage)
    }

    @Test(arguments: [
        ("GET", Headers([:]), true), ("GET", Headers(["Sec-Fetch-Dest": "document"]), true), ("HEAD", Headers([:]), false), ("GET", Headers(["X-Requested-With": "XMLHttpRequest"]), false),
        ("GET", Headers(["Sec-Fetch-Dest": "empty"]), false),
    ])
    func `what a script fetches is left alone`(method: String, headers: Headers, isPage: Bool) {
        let request = Request(method: method, target: "/cart_link", headers: headers)
        #expect((applied(response(), request).bodyBytes != page) == isPage)
    }

    @Test func `the length is that of the new body, and only where one was given`() {
        let with = applied(response(200, Headers(["content-length": "26", "Content-Type": "text/html"])))
        #expect(with.headers["Content-Length"] == String(with.bodyBytes.count) && with.bodyBytes.count > 26)
        #expect(applied(response()).headers["Content-Length"] == nil)
    }

    @Test func `a paced page keeps its delays`() {
        var response = response()
        response.body = .paced([.init(after: .seconds(1), Array(page.prefix(9))), .init(after: .seconds(2), Array(page.dropFirst(9)))])
        let result = applied(response)
        guard case .paced(let pieces) = result.body else { Issue.record("not paced"); return }
        #expect(pieces.map(\.delay) == [.seconds(1), .seconds(2)])
        #expect(result.bodyBytes == applied(self.response()).bodyBytes)
    }

    @Test(arguments: [
        (Headers(["Content-Security-Policy": "script-src 'self' 'nonce-abc+/123='"]), "abc+/123=" as String?),
        (Headers(["content-security-policy": "default-src 'none'; SCRIPT-SRC 'nonce-A_b-1'; style-src 'nonce-zzz'"]), "A_b-1"),
        (Headers(["Content-Security-Policy": "default-src 'nonce-ddd'"]), "ddd"),
        (Headers(["Content-Security-Policy": "default-src 'nonce-ddd'; script-src 'self'"]), nil),
        (Headers(["Content-Security-Policy": "script-src 'nonce-sss'; script-src-elem 'nonce-eee'"]), "eee"),
        (Headers(["Content-Security-Policy": "img-src *, script-src 'nonce-second'"]), "second"),
        (Headers(["Content-Security-Policy": "img-src *", "CONTENT-SECURITY-POLICY": "script-src 'nonce-third'"]), "third"),
        (Headers(["Content-Security-Policy": "script-src 'nonce-a\"onload=x'"]), nil),
        (Headers(["Content-Security-Policy": "script-src 'nonce-'"]), nil),
        (Headers(["Content-Security-Policy-Report-Only": "script-src 'nonce-abc'"]), nil),
    ])
    func `the nonce comes from the directive that rules scripts`(headers: Headers, nonce: String?) {
        #expect(ContentSecurityPolicy.scriptNonce(in: headers) == nonce)
    }

    @Test func `every script element of ours carries the nonce`() {
        let text = "<script>a</script><SCRIPT src=x></SCRIPT><script nonce=own>b</script><scripted>"
        let snippet = Snippet([.external("/a.js"), .inline("b"), .html(text)], marker: "")
        let html = String(decoding: snippet.html(nonce: "N1"), as: UTF8.self)
        #expect(html == """
            <script nonce="N1" src="/a.js"></script>
            <script nonce="N1">
            b
            </script>
            <script nonce="N1">a</script><script nonce="N1" src=x></SCRIPT><script nonce=own>b</script><scripted>
            """)
    }
}
