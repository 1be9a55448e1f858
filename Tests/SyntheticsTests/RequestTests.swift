import Base
import HTTP
import Testing

@testable import Synthetics

/// What a definition sends, as the transport gets it.
@Suite struct RequestTests {
    static func sent(_ members: String, url: String = "http://h/", values: [String: String] = [:]) throws -> ClientRequest {
        let json = definition(url: url).replacing(#""url""#, with: members + #","url""#)
        let (results, requests, _) = try run(json, [:], sources: VariableSources(given: values))
        return try #require(requests.first, "\(results[0].failure?.message ?? "")")
    }

    static func body(_ request: ClientRequest) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test(arguments: [
        (#""body":"a {{ V }}","bodyType":"text/plain""#, "a v", "text/plain"), (#""body":"{\"a\":1}","bodyType":"application/json""#, #"{"a":1}"#, "application/json"),
        (#""body":"<a/>","bodyType":"text/xml""#, "<a/>", "text/xml"), (#""body":"x","headers":{"content-type":"text/csv"},"bodyType":"text/plain""#, "x", "text/csv"),
        (#""bodyType":"application/x-www-form-urlencoded","form":{"a b":"ä{{ V }}","c":""}"#, "a%20b=%C3%A4v&c=", "application/x-www-form-urlencoded"),
        (#""body":"a=1&b=2","bodyType":"application/x-www-form-urlencoded""#, "a=1&b=2", "application/x-www-form-urlencoded"),
        (#""bodyType":"graphql","body":"{ me { id } }""#, #"{"query":"{ me { id } }"}"#, "application/json"),
        (#""bodyType":"graphql","body":"{\"query\":\"q\",\"variables\":{\"a\":\"{{ V }}\"}}""#, #"{"query":"q","variables":{"a":"v"}}"#, "application/json"),
        (#""bodyType":"application/octet-stream","files":[{"name":"f","content":"AAEC","encoding":"base64","type":"x/y","size":3}]"#, "\0\u{1}\u{2}", "application/octet-stream"),
        (#""body":"x","bodyType":"None""#, "x", nil), (#""body":"x""#, "x", nil),
    ] as [(String, String, String?)])
    func `bodies have the type that they are said to have`(members: String, body: String, type: String?) throws {
        let request = try Self.sent(#""method":"POST",\#(members)"#, values: ["V": "v"])
        #expect(Self.body(request) == body)
        #expect(request.headers["Content-Type"] == type)
    }

    @Test func `a multipart body is what a server reads as fields and files`() throws {
        let request = try Self.sent(
            #"""
            "method":"POST","bodyType":"multipart/form-data","form":{"na\"me":"{{ V }}","empty":""},
            "files":[{"name":"upload","originalFileName":"a \"b\".txt","type":"text/plain","content":"line\r\n--x","size":9},
                     {"name":"raw","content":"/wA=","encoding":"base64"}]
            """#, values: ["V": "ä"])
        let form = try MultipartForm(body: request.body, contentType: request.headers["Content-Type"] ?? "")
        #expect(form.parts.map(\.name) == [#"na%22me"#, "empty", "upload", "raw"])
        #expect(form.parts.map(\.text).prefix(3) == ["ä", "", "line\r\n--x"])
        #expect(form.parts[3].bytes == [0xff, 0])
        #expect(form.parts.map(\.filename) == [nil, nil, "a %22b%22.txt", "raw"])
        #expect(form.parts.map(\.contentType) == [nil, nil, "text/plain", "application/octet-stream"])
    }

    @Test(arguments: [
        ("http://h/?x=1", "http://h/?x=1&a%20b=c%26v"), ("http://h/", "http://h/?a%20b=c%26v"), ("http://h/p#top", "http://h/p?a%20b=c%26v#top"),
    ])
    func `query parameters are encoded and added`(url: String, expected: String) throws {
        #expect(try Self.sent(#""query":{"a b":"c&{{ V }}"}"#, url: url, values: ["V": "v"]).url == expected)
    }

    @Test func `credentials, certificates, proxies and versions go along`() throws {
        #expect(try Self.sent(#""basicAuth":{"username":"{{ V }}","password":"p"}"#, values: ["V": "v"]).headers["Authorization"] == "Basic djpw")
        let digest = try Self.sent(#""basicAuth":{"type":"digest","username":"u","password":"{{ V }}"}"#, values: ["V": "v"])
        #expect(digest.authentication == ClientAuthentication(.digest, username: "u", password: "v"))
        #expect(digest.headers["Authorization"] == nil)
        let certified = try Self.sent(#""certificate":{"cert":{"content":"C"},"key":{"content":"{{ V }}","filename":"k"}}"#, values: ["V": "v"])
        #expect(certified.certificate == ClientCertificate(certificate: "C", key: "v"))
        let proxied = try Self.sent(#""proxy":{"url":"http://{{ V }}:3128","headers":{"X-Proxy":"{{ V }}"}}"#, values: ["V": "v"])
        #expect(proxied.proxy == ClientProxy(url: "http://v:3128", headers: Headers(["X-Proxy": "v"])))
        #expect(try Self.sent(#""httpVersion":"http2""#).version == .http2Always)
        #expect(try Self.sent(#""allow_insecure":true,"follow_redirects":true,"timeout":2"#).redirectLimit == 10)
        let plain = try Self.sent(#""method":"GET""#)
        #expect(plain.decodesBody && plain.verifiesCertificate && plain.redirectLimit == 0 && plain.timeout == .seconds(60))
    }

    @Test func `an answer in another version of HTTP than asked for is a failure`() throws {
        let json = definition().replacing(#""url""#, with: #""httpVersion":"http2","url""#)
        let (results, _, _) = try run(json, ["GET http://h/": [.ok("")]])
        #expect(results[0].failure == CheckFailure(.malformedResponse, "the server answered in HTTP/1.1, not in HTTP/2 as the test asks"))
    }

    // MARK: Cookies

    @Test func `cookies follow redirects and go to the next steps, each where it belongs`() throws {
        let first =
            #"{"name":"in","subtype":"http","request":{"method":"POST","url":"http://shop.example.org/login","body":"x","headers":{"Cookie":"own=1; s=old"},"persistCookies":true,"follow_redirects":true},"assertions":[{"type":"statusCode","operator":"is","target":200}]}"#
        let second =
            #"{"name":"out","subtype":"http","request":{"method":"GET","url":"http://api.example.org/x"},"assertions":[]}"#
        let third = #"{"name":"third","subtype":"http","request":{"method":"GET","url":"https://shop.example.org/deep/er"},"assertions":[]}"#
        let login = Headers([
            "Location": "/home", "Set-Cookie": "s=new; Path=/", "Set-Cookie": "all=1; Domain=.example.org; Path=/", "Set-Cookie": "evil=1; Domain=other.org",
            "Set-Cookie": "safe=1; Path=/; Secure", "Set-Cookie": "gone=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Set-Cookie": "deep=1; Path=/deep",
            "Set-Cookie": "short=1; Path=/; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        ])
        let (results, requests, _) = try run(
            multistep([first, second, third]),
            [
                "POST http://shop.example.org/login": [.response(302, "", login)], "GET http://shop.example.org/home": [.ok("")],
                "GET http://api.example.org/x": [.ok("")], "GET https://shop.example.org/deep/er": [.ok("")],
            ])
        #expect(results[0].status == .passed)
        #expect(requests.map { $0.headers["Cookie"] } == ["own=1; s=old", "own=1; s=new; all=1", "all=1", "s=new; all=1; safe=1; deep=1"])
        #expect(requests[1].method == "GET" && requests[1].body.isEmpty)
    }

    @Test func `too many redirects have their code, and no cookie goes to another host`() throws {
        let step =
            #"{"name":"in","subtype":"http","request":{"method":"GET","url":"http://a/","headers":{"Cookie":"own=1"},"persistCookies":true,"follow_redirects":true},"assertions":[]}"#
        let (results, requests, _) = try run(
            multistep([step]),
            [
                "GET http://a/": [.response(302, "", Headers(["Location": "http://b/", "Set-Cookie": "a=1"]))],
                "GET http://b/": [.response(302, "", Headers(["Location": "http://b/"]))],
            ])
        #expect(results[0].failure?.code == .tooManyRedirects)
        #expect(requests.count == 11)
        #expect(requests.map { $0.headers["Cookie"] }.prefix(2) == ["own=1", nil])
    }

    @Test func `a step's own cookie wins over the one that was kept`() throws {
        let own =
            #"{"name":"b","subtype":"http","request":{"method":"GET","url":"http://h/b","headers":{"Cookie":"s=mine"}},"assertions":[]}"#
        let (_, requests, _) = try run(
            multistep([step("a", "GET", "http://h/a"), own]),
            ["GET http://h/a": [.ok("", Headers(["Set-Cookie": "s=theirs; Path=/", "Set-Cookie": "t=2; Path=/"]))], "GET http://h/b": [.ok("")]])
        #expect(requests[1].headers["Cookie"] == "s=mine; t=2")
    }
}
