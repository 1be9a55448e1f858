import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

/// Datadog's own kinds of file, as people have them: they are read and run as they are, against servers that stand in for their hosts.
@Suite(.serialized) struct ExampleTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Examples")

    static func text(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }

    /// Answers like a shop with a page and a discounts service that can add and remove.
    // @unchecked Sendable: touched only on the server's loop.
    final class ToyShop: @unchecked Sendable {
        private(set) var discounts = [1, 2]
        private(set) var requests: [Request] = []

        func answer(_ request: Request) -> Response {
            requests.append(request)
            let json = { (value: Value) in Response(status: 200, headers: ["Content-Type": "application/json"], body: value.jsonBytes()) }
            let parts = request.target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
            switch (request.method, parts.first, parts.count) {
            case ("GET", nil, _): return Response(status: 200, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array("<h1>Shop</h1>".utf8))
            case ("GET", "discount", 1): return json(.list(discounts.map { .object(["id": .int($0)]) }))
            case ("POST", "discount", 1):
                discounts.append((discounts.max() ?? 0) + 1)
                return json(.object(["id": .int(discounts.last!)]))
            case ("DELETE", "discount", 2):
                guard let id = Int(parts[1]), discounts.contains(id) else { return Response(status: 404) }
                discounts.removeAll { $0 == id }
                return json(.object(["id": .int(id)]))
            default: return Response(status: 404)
            }
        }
    }

    /// Runs a file with all of its hosts and ports answered by one shop.
    static func run(_ json: String, environment: [String: String] = [:]) throws -> (results: [CheckResult], shop: ToyShop) {
        let loop = try EventLoop()
        let shop = ToyShop()
        let server = Server(loop: loop, host: "127.0.0.1", port: 0) { shop.answer($0) }
        let results = try loop.run { () async throws -> [CheckResult] in
            try server.start()
            let client = Client(loop: loop)
            defer { client.close() }
            let ports = ["localhost:3000", "localhost:5001", "localhost:5432"].map { ($0, server.port) }
            let transport = NetworkTests.Detour(network: NetworkTransport(client), ports: Dictionary(uniqueKeysWithValues: ports))
            var random = SeededRandom(seed: 1)
            let sources = VariableSources(environment: environment)
            let results = await Runner(send: transport, loop: loop, sources: sources)
                .run(CheckCollector.linked(try CheckFile.read(json.utf8, file: "f.json")), random: &random)
            await server.stop()
            return results
        }
        return (results, shop)
    }

    @Test func `Storedog's list of ids is two tests that are not here`() throws {
        let (results, shop) = try Self.run(try Self.text("storedog.synthetics.json"))
        #expect(results.map(\.label) == ["w7z-73y-z5s", "gq2-uwi-m23"])
        #expect(results.map(\.isMissing) == [true, true])
        #expect(shop.requests.isEmpty)
    }

    @Test func `a list with overrides waits for a definition, and then changes it`() throws {
        let (results, _) = try Self.run(try Self.text("overrides.synthetics.json"))
        #expect(results.map(\.isMissing) == [true])
        let local = definition(name: "home", url: "http://elsewhere/", more: #","public_id":"abc-def-ghi""#)
        let entry = try Self.text("overrides.synthetics.json").replacing(#"{"tests":["#, with: #"{"tests":[{"localTestDefinition":\#(local)},"#)
        let (changed, shop) = try Self.run(entry, environment: ["FRONTEND": "http://localhost:3000"])
        #expect(changed.map(\.status) == [.passed], "\(changed[0].failure?.message ?? "")")
        #expect(changed[0].executionRule == .nonBlocking && changed[0].attemptLimit == 3 && changed[0].overrideCount == 5)
        #expect(shop.requests.map(\.target) == ["/?from=ci"])
        #expect(shop.requests[0].headers["X-Fake-Header"] == "fake value")
    }

    @Test func `a local test definition runs`() throws {
        let (results, _) = try Self.run(try Self.text("discounts-healthy.synthetics.json"))
        #expect(results.map(\.name) == ["Discounts healthy"])
        #expect(results[0].status == .passed, "\(results[0].failure?.message ?? "")")
    }

    @Test func `an HTTP test runs`() throws {
        let (results, _) = try Self.run(try Self.text("http.json"))
        #expect(results[0].status == .passed, "\(results[0].failure?.message ?? "")")
        #expect(results[0].steps[0].assertions.count == 3 && results[0].attemptLimit == 3)
    }

    @Test func `a TCP test runs`() throws {
        let (results, _) = try Self.run(try Self.text("tcp.json"))
        #expect(results[0].status == .passed, "\(results[0].failure?.message ?? "")")
    }

    @Test func `an SSL test accepts the self-signed certificate of its host, and no other's`() throws {
        let authority = try Authority()
        for (name, days, names, holds) in [
            ("good", 20, "DNS:example.org", true), ("short", 5, "DNS:example.org", false), ("other", 20, "DNS:other.example", false),
        ] {
            try authority.sign(name, days: days, names: names)
            let (peer, port) = try authority.serve(name)
            let results = try NetworkTests.run(try Self.text("ssl.json"), ports: ["example.org:443": port])
            #expect((results[0].status == .passed) == holds, "\(name): \(results[0].failure?.message ?? "")")
            #expect(results[0].steps[0].action == "Host: example.org:443")
            withExtendedLifetime(peer) {}
        }
    }

    @Test(.enabled(if: Python.has("dnslib"), "needs Python's dnslib: Tests/install/peers"))
    func `a DNS test asks the server that it names`() throws {
        let peer = try Peer(["python3", "-c", NetworkTests.zone])
        let port = try #require(Int(try peer.line(after: "port ")))
        let text = try Self.text("dns.json")
        let results = try NetworkTests.run(text, ports: ["8.8.8.8:53": port])
        #expect(results[0].steps[0].assertions.first?.sentence == #"recordSome A should be "0.0.0.0". Actual: ["192.0.2.1","192.0.2.2"]"#)
        let right = try NetworkTests.run(text.replacing("0.0.0.0", with: "192.0.2.2"), ports: ["8.8.8.8:53": port])
        #expect(right[0].status == .passed)
        withExtendedLifetime(peer) {}
    }

    @Test func `a multistep test creates and deletes what it made`() throws {
        let (results, shop) = try Self.run(try Self.text("multistep.json"))
        #expect(results[0].status == .passed, "\(results[0].failure?.message ?? "")")
        #expect(shop.requests.map { "\($0.method) \($0.target)" } == ["POST /discount", "DELETE /discount/3"])
        #expect(shop.discounts == [1, 2])
    }

    /// The course's check with all four steps, and its regression: an id in the query instead of the path.
    @Test(arguments: [("/{{ NEW_DISCOUNT_ID }}", CheckResult.Status.passed), ("?id={{ NEW_DISCOUNT_ID }}", .failed)])
    func `the course's four steps notice that deleting is broken`(id: String, status: CheckResult.Status) throws {
        func asserting(_ path: String, _ operation: String, _ target: String) -> String {
            #"{"type":"body","operator":"validatesJSONPath","target":{"jsonPath":"\#(path)","operator":"\#(operation)","targetValue":\#(target)}}"#
        }
        func step(_ name: String, _ method: String, _ url: String, _ assertion: String, _ more: String = "") -> String {
            #"{"name":"\#(name)","subtype":"http","request":{"method":"\#(method)","url":"\#(url)"},"assertions":[\#(assertion)]\#(more)}"#
        }
        let extract = #","extractedValues":[{"name":"NEW_DISCOUNT_ID","type":"http_body","parser":{"type":"json_path","value":"$.id"}}]"#
        let json = multistep(
            [
                step("Create a Discount", "POST", "{{ DISCOUNT_URL }}", asserting("$.id", "moreThan", "0"), extract),
                step("It is there", "GET", "{{ DISCOUNT_URL }}", asserting("$[-1:].id", "is", #""{{ NEW_DISCOUNT_ID }}""#)),
                step("Delete a Discount", "DELETE", "{{ DISCOUNT_URL }}\(id)", asserting("$.id", "is", #""{{ NEW_DISCOUNT_ID }}""#)),
                step("It is gone", "GET", "{{ DISCOUNT_URL }}", asserting("$[-1:].id", "isNot", #""{{ NEW_DISCOUNT_ID }}""#)),
            ], config: #","configVariables":[{"name":"DISCOUNT_URL","type":"text","pattern":"http://localhost:5001/discount"}]"#)
        let (results, shop) = try Self.run(json)
        #expect(results[0].status == status, "\(results[0].failure?.message ?? "")")
        #expect(results[0].steps.map(\.status).prefix(2) == [.passed, .passed])
        #expect(results[0].steps[2].status == (status == .passed ? .passed : .failed))
        #expect(shop.discounts == (status == .passed ? [1, 2] : [1, 2, 3]))
    }
}
