import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

/// Checks over real sockets, against servers that are not ours.
@Suite(.serialized) struct NetworkTests {
    /// Sends what is for one host and port somewhere else; the rest goes where it says.
    struct Detour: CheckTransport {
        let network: NetworkTransport
        let ports: [String: Int]

        func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
            var request = request
            for (authority, port) in ports { request.url = request.url.replacing("://\(authority)", with: "://127.0.0.1:\(port)") }
            return try await network.send(request)
        }

        func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
            guard let port = ports["\(request.host):\(request.port)"] else { return try await network.connect(request) }
            var request = request
            // The server is still asked for the name in the definition.
            if request.tls != nil, request.tls?.serverName == nil { request.tls?.serverName = request.host }
            (request.host, request.port) = ("127.0.0.1", port)
            return try await network.connect(request)
        }

        func lookUp(_ query: NameQuery) async throws(ClientError) -> [RecordType: [String]] {
            guard let port = ports["\(query.server ?? ""):\(query.port)"] else { return try await network.lookUp(query) }
            var query = query
            (query.server, query.port) = ("127.0.0.1", port)
            return try await network.lookUp(query)
        }
    }

    static func run(
        _ json: String, ports: [String: Int] = [:], authorities: String? = nil, variables: [String: String] = [:]
    ) throws -> [CheckResult] {
        let entries = try CheckFile.read(json.utf8, file: "f.json")
        let loop = try EventLoop()
        return try loop.run { () async -> [CheckResult] in
            let client = Client(loop: loop, options: ClientOptions(authorityFile: authorities))
            defer { client.close() }
            var random = SeededRandom(seed: 1)
            let transport = Detour(network: NetworkTransport(client), ports: ports)
            return await Runner(send: transport, loop: loop, sources: VariableSources(overrides: variables)).run(entries, random: &random)
        }
    }

    // MARK: SSL

    static func ssl(_ assertions: [String], options: String = "{}", request: String = "", host: String = "localhost", port: Int = 443) -> String {
        #"{"type":"api","subtype":"ssl","name":"s","options":\#(options),"config":{"request":{"host":"\#(host)","port":\#(port)\#(request)},"assertions":[\#(assertions.joined(separator: ","))]}}"#
    }

    static let expiry = #"{"type":"certificate","operator":"isInMoreThan","target":10}"#

    @Test func `every assertion on a certificate holds or not`() throws {
        let authority = try Authority()
        try authority.sign("server", days: 20)
        let (peer, port) = try authority.serve("server")
        let rows: [(String, Bool)] = [
            (#"{"type":"certificate","operator":"isInMoreThan","target":19}"#, true), (#"{"type":"certificate","operator":"isInMoreThan","target":"21"}"#, false),
            (#"{"type":"certificate","operator":"isInLessThan","target":{{D}}}"#.replacing("{{D}}", with: "21"), true),
            (#"{"type":"certificate","operator":"isInLessThan","target":"{{ DAYS }}"}"#, false),
            (#"{"type":"property","property":"subject.CN","operator":"is","target":"example.org"}"#, true),
            (#"{"type":"property","property":"subject.O","operator":"isNot","target":"Shop"}"#, false),
            (#"{"type":"property","property":"issuer.CN","operator":"contains","target":"Authority"}"#, true),
            (#"{"type":"property","property":"issuer.CN","operator":"doesNotContain","target":"Authority"}"#, false),
            (#"{"type":"property","property":"subject.altName","operator":"matches","target":"DNS:localhost, IP Address:127\\.0\\.0\\.1$"}"#, true),
            (#"{"type":"property","property":"extKeyUsage","operator":"doesNotMatch","target":"TLS Web Server"}"#, false),
            (#"{"type":"property","property":"fingerprint256","operator":"matches","target":"^([0-9A-F]{2}:){31}[0-9A-F]{2}$"}"#, true),
            (#"{"type":"property","property":"validTo","operator":"matches","target":"^20\\d\\d-.*Z$"}"#, true),
            (#"{"type":"property","property":"protocol","operator":"is","target":"TLSv1.3"}"#, true),
            (#"{"type":"property","property":"cipher","operator":"contains","target":"TLS_"}"#, true),
            (#"{"type":"property","property":"subject.nothing","operator":"is","target":"x"}"#, false),
            (#"{"type":"tlsVersion","operator":"is","target":1.3}"#, true), (#"{"type":"tlsVersion","operator":"isNot","target":1.3}"#, false),
            (#"{"type":"tlsVersion","operator":"moreThanOrEqual","target":1.2}"#, true), (#"{"type":"tlsVersion","operator":"lessThan","target":1.3}"#, false),
            (#"{"type":"tlsVersion","operator":"lessThanOrEqual","target":1.3}"#, true), (#"{"type":"tlsVersion","operator":"moreThan","target":1.3}"#, false),
            (#"{"type":"minTlsVersion","operator":"moreThan","target":1.1}"#, true), (#"{"type":"minTlsVersion","operator":"moreThanOrEqual","target":1.3}"#, false),
            (#"{"type":"minTlsVersion","operator":"is","target":1.2}"#, true),
            (#"{"type":"responseTime","operator":"lessThan","target":5000}"#, true), (#"{"type":"responseTime","operator":"moreThan","target":5000}"#, false),
        ]
        let results = try Self.run(
            Self.ssl(rows.map(\.0), port: port), authorities: authority.file, variables: ["DAYS": "5"])
        let step = results[0].steps[0]
        #expect(step.assertions.count == rows.count, "\(step.failure?.message ?? "")")
        for (row, assertion) in zip(rows, step.assertions) { #expect(assertion.isValid == row.1, "\(row.0): \(assertion.sentence)") }
        #expect(step.timings.map { $0.tls > .zero && $0.connect >= .zero } == true)
        withExtendedLifetime(peer) {}
    }

    @Test func `the oldest version is what the server speaks, not what it prefers`() throws {
        let authority = try Authority()
        try authority.sign("server", days: 20)
        let both = [#"{"type":"minTlsVersion","operator":"is","target":{V}}"#, #"{"type":"tlsVersion","operator":"is","target":{W}}"#]
        for (options, oldest, newest) in [(["-tls1_3"], "1.3", "1.3"), (["-tls1_2"], "1.2", "1.2"), (["-cipher", "ALL:@SECLEVEL=0"], "1.0", "1.3")] {
            let (peer, port) = try authority.serve("server", options)
            let assertions = [both[0].replacing("{V}", with: oldest), both[1].replacing("{W}", with: newest)]
            let results = try Self.run(Self.ssl(assertions, port: port), authorities: authority.file)
            #expect(results[0].status == .passed, "\(options): \(results[0].failure?.message ?? "")")
            withExtendedLifetime(peer) {}
        }
    }

    /// Which certificates are accepted: nobody's, somebody else's, ended ones.
    @Test func `a certificate must hold, as far as the test wants it to`() throws {
        let authority = try Authority()
        try authority.sign("server", days: 20)
        try authority.sign("old", days: -1)
        try authority.sign("other", days: 20, subject: "/CN=other.example", names: "DNS:other.example")
        let accept = #"{"accept_self_signed":true}"#
        let rows: [(String, certificate: String, isKnown: Bool, options: String, request: String, failure: String?)] = [
            ("known", "server", true, "{}", "", nil), ("unknown", "server", false, "{}", "", "TLS: SSL certificate problem: unable to get local issuer certificate"),
            ("unknown accepted", "server", false, accept, "", nil), ("accepted in the request", "server", false, "{}", #","allow_insecure":true"#, nil),
            ("ended", "old", true, "{}", "", "TLS: SSL certificate problem: certificate has expired"),
            ("ended, self-signed accepted", "old", true, accept, "", "TLS: SSL certificate problem: certificate has expired"),
            ("other host", "other", true, "{}", "", "TLS: SSL: no alternative certificate subject name matches target host name 'localhost'"),
            ("other host, self-signed accepted", "other", false, accept, "", "TLS: SSL: no alternative certificate subject name matches target host name 'localhost'"),
            ("other host asked for", "other", true, "{}", #","servername":"other.example""#, nil),
            ("anything", "other", false, #"{"ignore_certificate_validation":true}"#, "", nil),
        ]
        for row in rows {
            let (peer, port) = try authority.serve(row.certificate)
            let json = Self.ssl([#"{"type":"responseTime","operator":"lessThan","target":9000}"#], options: row.options, request: row.request, port: port)
            let results = try Self.run(json, authorities: row.isKnown ? authority.file : nil)
            #expect(results[0].failure == row.failure.map { CheckFailure(.tls, $0) }, "\(row.0)")
            withExtendedLifetime(peer) {}
        }
    }

    @Test func `an ended certificate has a negative number of days left`() throws {
        let authority = try Authority()
        try authority.sign("old", days: -1)
        let (peer, port) = try authority.serve("old")
        let results = try Self.run(Self.ssl([Self.expiry], request: #","allow_insecure":true"#, port: port))
        #expect(results[0].steps[0].assertions.first?.sentence == "certificate will expire in more than 10. Actual: -1")
        withExtendedLifetime(peer) {}
    }

    @Test func `a client certificate is shown to a server that wants one`() throws {
        let authority = try Authority()
        try authority.sign("server", days: 20)
        try authority.sign("client", days: 20, subject: "/CN=client")
        let (peer, port) = try authority.serve("server", ["-Verify", "1", "-verify_return_error", "-CAfile", "authority.pem", "-tls1_2"])
        let own = Value.object([
            "cert": .object(["content": .string(try authority.text("client.pem"))]), "key": .object(["content": .string(try authority.text("client.key"))]),
        ]).json()
        let bare = try Self.run(Self.ssl([Self.expiry], port: port), authorities: authority.file)
        #expect(bare[0].failure?.code == .tls)
        let certified = try Self.run(Self.ssl([Self.expiry], request: #","certificate":\#(own)"#, port: port), authorities: authority.file)
        #expect(certified[0].status == .passed, "\(certified[0].failure?.message ?? "")")
        let page = definition(url: "https://localhost:\(port)/", assertions: #"[{"type":"statusCode","operator":"is","target":200}]"#)
        let refused = try Self.run(page, authorities: authority.file)
        #expect(refused[0].status == .failed)
        let answered = try Self.run(page.replacing(#""url""#, with: #""certificate":\#(own),"url""#), authorities: authority.file)
        #expect(answered[0].status == .passed, "\(answered[0].failure?.message ?? "")")
        withExtendedLifetime(peer) {}
    }

    @Test func `a server without TLS is a failure, soon`() throws {
        let loop = try EventLoop()
        let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
        let results = try loop.run { () async throws -> [CheckResult] in
            try server.start()
            let client = Client(loop: loop)
            defer { client.close() }
            var random = SeededRandom(seed: 1)
            let entries = try CheckFile.read(Self.ssl([Self.expiry], host: "127.0.0.1", port: server.port).utf8, file: "f")
            let results = await Runner(send: NetworkTransport(client), loop: loop).run(entries, random: &random)
            await server.stop()
            return results
        }
        #expect(results[0].failure?.code == .tls)
    }

    // MARK: TCP

    @Test func `open and closed ports are told apart`() throws {
        let loop = try EventLoop()
        let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
        let verdicts = try loop.run { () async throws -> [[Bool]] in
            try server.start()
            let client = Client(loop: loop)
            defer { client.close() }
            let assertions = ["established", "refused"].map { #"{"type":"connection","operator":"is","target":"\#($0)"}"# }.joined(separator: ",")
            let json = TCPAndDNSTests.tcp(assertions, request: #"{"host":"127.0.0.1","port":\#(server.port),"timeout":5}"#)
            let entries = try CheckFile.read(json.utf8, file: "f")
            var verdicts: [[Bool]] = []
            for isOpen in [true, false] {
                if !isOpen { await server.stop() }
                var random = SeededRandom(seed: 1)
                let results = await Runner(send: NetworkTransport(client), loop: loop).run(entries, random: &random)
                verdicts.append(results[0].steps[0].assertions.map(\.isValid))
                if isOpen {
                    // Nothing stays open behind the check.
                    for _ in 0..<1_000 where server.activeConnections > 0 { await loop.hop() }
                    #expect(server.activeConnections == 0)
                }
            }
            return verdicts
        }
        #expect(verdicts == [[true, false], [false, true]])
    }

    @Test func `a host that never answers is a timeout`() throws {
        // A listener whose queue is full: the kernel lets further connections wait.
        let program = """
            import socket, sys
            listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(0)
            port = listener.getsockname()[1]
            clients = []
            for _ in range(3):
                client = socket.socket(); client.setblocking(False); client.connect_ex(("127.0.0.1", port)); clients.append(client)
            print("port", port, flush=True)
            sys.stdin.read()
            """
        let peer = try Peer(["python3", "-c", program])
        let port = try #require(Int(try peer.line(after: "port ")))
        let json = TCPAndDNSTests.tcp(
            #"{"type":"connection","operator":"is","target":"timeout"}"#, request: #"{"host":"127.0.0.1","port":\#(port),"timeout":1}"#)
        let results = try Self.run(json)
        #expect(results[0].status == .passed, "\(results[0].steps[0].assertions.map(\.sentence))")
        withExtendedLifetime(peer) {}
    }

    // MARK: DNS

    static let zone = """
        import sys, socket, dnslib, dnslib.server
        records = dnslib.RR.fromZone('''
        example.org. 60 A 192.0.2.1
        example.org. 60 A 192.0.2.2
        example.org. 60 AAAA 2001:db8::1
        www.example.org. 60 CNAME example.org.
        example.org. 60 MX 10 mail.example.org.
        example.org. 60 NS ns1.example.org.
        example.org. 60 TXT "v=spf1 " "-all"
        ''')
        class Resolver:
            def resolve(self, request, handler):
                reply = request.reply()
                name = request.q.qname
                known = [record for record in records if record.rname == name]
                for record in known:
                    if record.rtype in (request.q.qtype, dnslib.QTYPE.CNAME): reply.add_answer(record)
                if not known: reply.header.rcode = dnslib.RCODE.REFUSED if "refused" in str(name) else dnslib.RCODE.NXDOMAIN
                return reply
        class Silent: pass
        quiet = dnslib.server.DNSLogger(log="-request,-reply,-error,-truncated,-recv,-send,-data", logf=lambda line: None)
        class Six(dnslib.server.UDPServer): address_family = socket.AF_INET6
        server = dnslib.server.DNSServer(Resolver(), port=0, address="127.0.0.1", logger=quiet)
        six = dnslib.server.DNSServer(Resolver(), port=0, address="::1", logger=quiet, server=Six)
        server.start_thread(); six.start_thread()
        print("port", server.server.server_address[1], flush=True)
        print("six", six.server.server_address[1], flush=True)
        sys.stdin.read()
        """

    @Test(.enabled(if: Python.has("dnslib"), "needs Python's dnslib: Tests/install/peers"))
    func `records come from a server that is asked for them`() throws {
        let peer = try Peer(["python3", "-c", Self.zone])
        let port = try #require(Int(try peer.line(after: "port ")))
        let six = try #require(Int(try peer.line(after: "six ")))
        func assertion(_ type: String, _ record: String, _ target: String) -> String {
            #"{"type":"\#(type)","property":"\#(record)","operator":"is","target":"\#(target)"}"#
        }
        let assertions = [
            assertion("recordSome", "A", "192.0.2.2"), assertion("recordEvery", "A", "192.0.2.2"), assertion("recordEvery", "AAAA", "2001:db8::1"),
            assertion("recordSome", "MX", "10 mail.example.org"), assertion("recordSome", "NS", "ns1.example.org"), assertion("recordSome", "TXT", "v=spf1 -all"),
            assertion("recordSome", "CNAME", "x"),
        ].joined(separator: ",")
        for (server, port) in [("127.0.0.1", port), ("localhost", port), ("::1", six)] {
            let request = #"{"host":"example.org","dnsServer":"\#(server)","dnsServerPort":"\#(port)","timeout":5}"#
            let results = try Self.run(TCPAndDNSTests.dns(assertions, request: request))
            #expect(results[0].steps[0].assertions.map(\.isValid) == [true, false, true, true, true, true, false], "\(server): \(results[0].failure?.message ?? "")")
        }
        let alias = #"{"host":"www.example.org","dnsServer":"127.0.0.1","dnsServerPort":\#(port)}"#
        #expect(try Self.run(TCPAndDNSTests.dns(assertion("recordEvery", "CNAME", "example.org"), request: alias))[0].status == .passed)
        let code = { (host: String) in
            try Self.run(TCPAndDNSTests.dns(assertions, request: #"{"host":"\#(host)","dnsServer":"127.0.0.1","dnsServerPort":\#(port)}"#))[0].failure?.code
        }
        #expect(try code("none.example.org") == .nameNotResolved)
        withExtendedLifetime(peer) {}
    }

    @Test func `a DNS server that is not there is a failure in time`() throws {
        let json = TCPAndDNSTests.dns(
            #"{"type":"recordSome","property":"A","operator":"is","target":"1"}"#,
            request: #"{"host":"example.org","dnsServer":"127.0.0.1","dnsServerPort":1,"timeout":1}"#)
        let results = try Self.run(json)
        #expect([.connectionRefused, .timeout].contains(results[0].failure?.code))
        let unknown = json.replacing("127.0.0.1", with: "no-such-name.invalid")
        #expect(try Self.run(unknown)[0].failure == CheckFailure(.nameNotResolved, #"could not resolve the host name "no-such-name.invalid""#))
    }

    // MARK: HTTP

    /// Digest authentication, compression, a proxy and redirects with cookies, by Python's own server and hash library.
    static let web = """
        import base64, gzip, hashlib, http.server, re, sys, zlib
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def answer(self, status, body=b"", **fields):
                self.send_response(status)
                for name, value in fields.items(): self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)
            def digest(self, body):
                given = dict(re.findall(r'(\\w+)="?([^",]*)"?', self.headers.get("Authorization", "")))
                md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
                user = md5("ann:shop:s3cret")
                proof = md5(":".join([user, given.get("nonce", ""), given.get("nc", ""), given.get("cnonce", ""), "auth", md5(self.command + ":" + self.path)]))
                if given.get("response") == proof: return self.answer(200, b"welcome " + body)
                self.answer(401, b"who?", WWW_Authenticate='Digest realm="shop", nonce="abc", qop="auth", algorithm=MD5')
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path.startswith("http://"): return self.answer(200, ("proxied " + self.path + " " + self.headers.get("X-Proxy", "")).encode())
                if self.path == "/digest": return self.digest(body)
                text = ("text " * 100).encode()
                accepted = self.headers.get("Accept-Encoding", "")
                if self.path == "/gzip" and "gzip" in accepted: return self.answer(200, gzip.compress(text), Content_Encoding="gzip")
                if self.path == "/deflate" and "deflate" in accepted: return self.answer(200, zlib.compress(text), Content_Encoding="deflate")
                if self.path == "/login": return self.answer(302, Location="/account", Set_Cookie="session=1; Path=/")
                if self.path == "/account": return self.answer(200 if "session=1" in self.headers.get("Cookie", "") else 403)
                self.answer(404)
            do_POST = do_PUT = do_GET
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print("port", server.server_address[1], flush=True)
        server.serve_forever()
        """

    @Test func `digests, compression, proxies and redirects with cookies work with another's server`() throws {
        let peer = try Peer(["python3", "-u", "-c", Self.web])
        let port = try #require(Int(try peer.line(after: "port ")))
        func check(_ path: String, _ members: String, _ assertions: String, base: String? = nil) throws -> CheckResult {
            let json = definition(url: (base ?? "http://127.0.0.1:\(port)") + path, assertions: "[\(assertions)]")
            return try Self.run(json.replacing(#""url""#, with: members + #""url""#))[0]
        }
        let ok = #"{"type":"statusCode","operator":"is","target":200}"#
        let digest = { (password: String) in #""method":"POST","body":"in","basicAuth":{"type":"digest","username":"ann","password":"\#(password)"},"# }
        let welcome = #"{"type":"body","operator":"is","target":"welcome in"}"#
        #expect(try check("/digest", digest("s3cret"), "\(ok),\(welcome)").status == .passed)
        #expect(try check("/digest", digest("wrong"), #"{"type":"statusCode","operator":"is","target":401}"#).status == .passed)
        #expect(try check("/digest", #""basicAuth":{"username":"ann","password":"s3cret"},"#, ok).status == .failed)
        for coding in ["gzip", "deflate"] {
            let assertions = #"{"type":"body","operator":"matches","target":"^(text ){100}$"},{"type":"header","property":"content-encoding","operator":"is","target":"\#(coding)"}"#
            #expect(try check("/\(coding)", "", assertions).status == .passed, "\(coding)")
        }
        let proxied = #"{"type":"body","operator":"is","target":"proxied http://shop.invalid/page yes"}"#
        let proxy = #""proxy":{"url":"http://127.0.0.1:\#(port)","headers":{"X-Proxy":"yes"}},"#
        #expect(try check("/page", proxy, proxied, base: "http://shop.invalid").status == .passed)
        #expect(try check("/page", "", ok, base: "http://shop.invalid").failure?.code == .nameNotResolved)
        #expect(try check("/login", #""follow_redirects":true,"persistCookies":true,"#, ok).status == .passed)
        #expect(try check("/login", #""follow_redirects":true,"#, ok).status == .failed)
        withExtendedLifetime(peer) {}
    }

    @Test(.enabled(if: Peer.has("nghttpd"), "needs nghttpd: package nghttp2-server"))
    func `HTTP/2 is spoken where a test asks for it`() throws {
        let authority = try Authority()
        try authority.sign("server", days: 20)
        try Data("hello".utf8).write(to: authority.folder.appending(path: "index.html"))
        let ports = try (0..<2).map { _ in try FreePort.find() }
        let secure = try Peer(["nghttpd", "-a", "127.0.0.1", "-d", authority.folder.path, "\(ports[0])", "server.key", "server.pem"], in: authority.folder)
        let plain = try Peer(["nghttpd", "-a", "127.0.0.1", "-d", authority.folder.path, "--no-tls", "\(ports[1])"], in: authority.folder)
        for port in ports { try FreePort.wait(for: port) }
        for url in ["https://localhost:\(ports[0])/index.html", "http://127.0.0.1:\(ports[1])/index.html"] {
            let json = definition(url: url, assertions: #"[{"type":"body","operator":"is","target":"hello"}]"#)
            let asked = json.replacing(#""url""#, with: #""httpVersion":"http2","url""#)
            let results = try Self.run(asked, authorities: authority.file)
            #expect(results[0].status == .passed, "\(url): \(results[0].failure?.message ?? "")")
            #expect(results[0].steps[0].observed.contains { $0.0 == "httpVersion" && $0.1 == "2" })
        }
        withExtendedLifetime((secure, plain)) {}
    }
}

/// Ports for servers that cannot choose one by themselves.
enum FreePort {
    static func find() throws -> Int {
        let loop = try EventLoop()
        let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
        return try loop.run { () async throws -> Int in
            try server.start()
            await server.stop()
            return server.port
        }
    }

    /// Tries until somebody listens.
    static func wait(for port: Int) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let json = TCPAndDNSTests.tcp(
                #"{"type":"connection","operator":"is","target":"established"}"#, request: #"{"host":"127.0.0.1","port":\#(port),"timeout":1}"#)
            if try NetworkTests.run(json)[0].status == .passed { return }
        }
        throw Peer.Missing(description: "nobody listens on \(port)")
    }
}
