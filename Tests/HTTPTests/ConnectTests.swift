import Base
import Testing

@testable import HTTP

@Suite struct ConnectTests {
    @Test func `a connection is opened and closed, and nothing is sent`() throws {
        try withServer(handler: echo) { server in
            let client = Client(loop: server.loop)
            defer { client.close() }
            let response = try await client.connect(ConnectRequest(host: "127.0.0.1", port: server.port))
            #expect(response.remoteAddress == "127.0.0.1")
            #expect(response.session == nil)
            #expect(response.timings.total >= response.timings.connect)
            #expect(client.activeRequests == 0)
            // The handle is used again, for a request of the other kind.
            let answer = try await client.send(ClientRequest(url: "http://127.0.0.1:\(server.port)/"))
            #expect(answer.status == 200)
            for _ in 0..<1_000 where server.activeConnections > 1 { await server.loop.hop() }
            #expect(server.activeConnections <= 1)
        }
    }

    @Test func `what cannot be opened is explained`() throws {
        try withServer(handler: echo) { server in
            let client = Client(loop: server.loop)
            defer { client.close() }
            let port = server.port
            await server.stop()
            await #expect(throws: ClientError.connectionRefused(host: "127.0.0.1", port: port)) {
                _ = try await client.connect(ConnectRequest(host: "127.0.0.1", port: port))
            }
            await #expect(throws: ClientError.nameNotResolved(host: "no-such-name.invalid")) {
                _ = try await client.connect(ConnectRequest(host: "no-such-name.invalid", port: 80))
            }
        }
    }

    @Test(arguments: [
        (ConnectRequest(host: "h", port: 1), "http://h:1/", "h:1"), (ConnectRequest(host: "::1", port: 2), "http://[::1]:2/", "[::1]:2"),
        (ConnectRequest(host: "10.0.0.1", port: 443, tls: .init(serverName: "shop.example")), "https://shop.example:443/", "10.0.0.1:443"),
    ])
    func `the name of the handshake and the place to connect to may differ`(request: ConnectRequest, url: String, authority: String) {
        #expect(request.url == url)
        #expect(request.authority == authority)
    }

    @Test(arguments: [
        ("/b?c", "http://h:1/a/x", "http://h:1/b?c"), ("b", "http://h/a/x", "http://h/a/b"), ("https://o/", "http://h/", "https://o/"),
        ("//o/p", "https://h/", "https://o/p"), ("?q=a b", "http://h/x", "http://h/x?q=a+b"), ("../y", "http://h/a/b/c", "http://h/a/y"),
    ])
    func `references are resolved against a page`(reference: String, base: String, url: String) {
        #expect(URLParts.resolve(reference, from: base) == url)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("soon", nil),
    ] as [(String, Int64?)])
    func `dates of header fields`(text: String, seconds: Int64?) {
        #expect(HTTPDate.parse(text)?.seconds == seconds)
    }

    @Test func `another origin gets neither credentials nor a certificate`() throws {
        var request = ClientRequest(url: "http://a/", redirectLimit: 2)
        request.authentication = ClientAuthentication(.digest, username: "u", password: "p")
        request.certificate = ClientCertificate(certificate: "c", key: "k")
        var hop = Hop(request)
        let response = ClientResponse(
            status: 302, httpVersion: "1.1", headers: Headers(), body: [], timings: .init(), effectiveURL: "http://a/", remoteAddress: "")
        try hop.follow(response, to: "http://a/next")
        #expect(hop.request.authentication != nil && hop.request.certificate != nil)
        hop.setCookies("a=1")
        #expect(hop.request.headers["Cookie"] == "a=1")
        try hop.follow(response, to: "http://b/")
        #expect(hop.request.authentication == nil && hop.request.certificate == nil && hop.request.headers["Cookie"] == nil)
    }

    @Test func `decoding is asked for, and the body's limit holds for what comes out`() throws {
        // 2,000 times "a", by gzip.
        let zipped: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 76, 28, 5, 163, 96, 20, 140, 130, 81, 48, 10, 70, 193, 80, 7, 0, 57, 62, 19, 168, 208, 7, 0, 0,
        ]
        try withServer(handler: { request in
            guard request.headers["Accept-Encoding"]?.contains("gzip") == true else { return Response(status: 406) }
            return Response(status: 200, headers: ["Content-Encoding": "gzip"], body: zipped)
        }) { server in
            let client = Client(loop: server.loop, options: ClientOptions(bodyLimitBytes: 1_000))
            defer { client.close() }
            var request = ClientRequest(url: "http://127.0.0.1:\(server.port)/")
            let plain = try await client.send(request)
            #expect(plain.status == 406)
            request.decodesBody = true
            let decoding = request
            await #expect(throws: ClientError.bodyTooLarge(limitBytes: 1_000)) { _ = try await client.send(decoding) }
        }
    }
}
