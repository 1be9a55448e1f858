import Base
import HTTP
import Testing

@testable import Proving

@Suite struct InProcessTransportTests {
    static let routes = #"""
        "routes": {
            "GET /old": [{"step": "a", "do": "redirect", "to": "/new"}],
            "POST /old": [{"step": "a", "do": "redirect", "to": "/new", "status": 303}],
            "GET /round": [{"step": "a", "do": "redirect", "to": "/round"}],
            "GET|HEAD /new": [{"step": "a", "do": "respond", "text": "new {request.method} {request.host}"}],
            "GET /pieces": [{"step": "a", "do": "respond", "text": "0123456789", "pieces": 5, "pieceDelayMilliseconds": 200}],
            "GET /slow": [{"step": "a", "do": "sleep", "forMilliseconds": 5000}, {"step": "b", "do": "respond", "text": "late"}],
            "GET /cut": [{"step": "a", "do": "abort"}],
        """#

    /// Runs a body against a fresh shop in simulated time.
    static func withShop<Result: Sendable>(_ body: @escaping @Sendable (Bench) async throws -> Result) throws -> Result {
        let prepared = try KioskPack.prepared(["services/store.json": [("\"routes\": {", routes)]])
        let bench = try Prover(prepared: prepared).bench()
        return try bench.loop.run {
            try await bench.open(state: "fixed", instrumentation: nil)
            return try await body(bench)
        }
    }

    static func send(_ path: String, method: String = "GET", redirects: Int = 0, timeout: Duration? = nil) throws -> Result<ClientResponse, ClientError> {
        try withShop { bench in
            let request = ClientRequest(
                method: method, url: bench.url(of: "store") + path, body: method == "POST" ? [1] : [], timeout: timeout, redirectLimit: redirects)
            do throws(ClientError) { return .success(try await bench.transport.send(request)) } catch { return .failure(error) }
        }
    }

    @Test func `a redirect is followed when it may be, and is an answer when not`() throws {
        let stay = try Self.send("/old").get()
        #expect(stay.status == 302)
        #expect(stay.headers["Location"] == "http://127.0.0.1:3000/new")
        let followed = try Self.send("/old", method: "POST", redirects: 3).get()
        #expect(String(decoding: followed.body, as: UTF8.self) == "new GET 127.0.0.1:3000")
        #expect(followed.effectiveURL == "http://127.0.0.1:3000/new")
        #expect(try Self.send("/round", redirects: 3) .failure == .tooManyRedirects)
    }

    @Test(arguments: [
        (ConnectRequest(host: "127.0.0.1", port: 3_000), nil), (ConnectRequest(host: "127.0.0.1", port: 9), .connectionRefused(host: "127.0.0.1", port: 9)),
        (ConnectRequest(host: "elsewhere.test", port: 80), .nameNotResolved(host: "elsewhere.test")),
        (ConnectRequest(host: "127.0.0.1", port: 3_000, tls: ConnectRequest.TLS()), .tls("the server does not speak TLS")),
    ] as [(ConnectRequest, ClientError?)])
    func `a connection is there when a service listens`(request: ConnectRequest, failure: ClientError?) throws {
        let outcome = try Self.withShop { bench -> ClientError? in
            do throws(ClientError) { _ = try await bench.transport.connect(request) } catch { return error }
            return nil
        }
        #expect(outcome == failure)
    }

    @Test func `times are those of the simulated clock`() throws {
        let slow = try Self.send("/slow").get()
        #expect(slow.timings.firstByte == .seconds(5))
        #expect(slow.timings.total == .seconds(5))
        let pieces = try Self.send("/pieces").get()
        #expect(pieces.timings.firstByte == .zero)
        #expect(pieces.timings.download == .seconds(1))
        #expect(pieces.body == Array("0123456789".utf8))
    }

    @Test func `a client gives up at its limit and the server goes on`() throws {
        let (outcome, waited, lines) = try Self.withShop { bench in
            let start = bench.loop.now
            var outcome: ClientError?
            do throws(ClientError) {
                _ = try await bench.transport.send(ClientRequest(url: bench.url(of: "store") + "/slow", timeout: .seconds(2)))
            } catch { outcome = error }
            let waited = bench.loop.now - start
            try await bench.settle()
            return (outcome, waited, try await bench.shop.with { $0.recorder.logCount })
        }
        #expect(outcome == .timedOut(after: .seconds(2)))
        #expect(waited == .seconds(2))
        #expect(lines == 1)
    }

    @Test func `cut, refused and unknown are what a client sees`() throws {
        #expect(try Self.send("/cut").failure == .connectionReset)
        let errors = try Self.withShop { bench in
            try await bench.shop.with { try await $0.switchOn("prices-gone") }
            var errors: [ClientError?] = []
            for url in [bench.url(of: "prices"), "http://127.0.0.1:9", "http://elsewhere.test", "nowhere"] {
                do throws(ClientError) { _ = try await bench.transport.send(ClientRequest(url: url)); errors.append(nil) } catch { errors.append(error) }
            }
            return errors
        }
        #expect(
            errors == [
                .connectionRefused(host: "127.0.0.1", port: 3_001), .connectionRefused(host: "127.0.0.1", port: 9), .nameNotResolved(host: "elsewhere.test"),
                .invalidURL("nowhere"),
            ])
    }

    @Test func `the head of an answer has the length of the body that it leaves out`() throws {
        let head = try Self.send("/new", method: "HEAD").get()
        #expect(head.body.isEmpty)
        #expect(head.headers["Content-Length"] == String("new HEAD 127.0.0.1:3000".utf8.count))
        #expect(head.headers["Date"] == "Thu, 01 Jan 2026 12:00:00 GMT")
    }
}

extension Result where Failure == ClientError {
    fileprivate var failure: ClientError? { if case .failure(let error) = self { error } else { nil } }
}
