import Base
import HTTP
import Load
import Synchronization
import Telemetry
import Testing

@testable import Proving

/// The traffic that was recorded at the original, played at its own pace in simulated time.
@Suite struct StoredogReplayTests {
    struct Answer: Sendable {
        /// Without the host.
        var line: String
        var response: ClientResponse

        var target: Substring { line.split(separator: " ", maxSplits: 1)[1] }
    }

    struct Replay: Sendable {
        var report: ReplayReport
        var answers: [Answer]
        /// Requests by service and resource.
        var calls: [String: Int]
        var cart: String

        func statuses(_ prefix: String) -> Set<Int> { Set(answers.filter { $0.line.hasPrefix(prefix) }.map(\.response.status)) }
    }

    /// Carries requests to the shop and keeps what comes back.
    final class Courier: LoadTransport {
        private let bench: Bench
        private let base: String
        private let kept = Mutex<[Answer]>([])
        var answers: [Answer] { kept.withLock { $0 } }

        init(_ bench: Bench, base: String) {
            self.bench = bench
            self.base = base
        }

        func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
            let response = try await bench.transport.send(request)
            kept.withLock { $0.append(Answer(line: "\(request.method) \(request.url.dropFirst(base.count))", response: response)) }
            return response
        }
    }

    static func replay(_ state: String) throws -> Replay {
        let recording = RecordedMessages(try Recording.read().map { .request($0) })
        return try Storedog.visit(state) { visitor in
            let bench = visitor.bench
            let base = bench.url(of: "store-frontend")
            let courier = Courier(bench, base: base)
            let replayer = Replayer(ReplayOptions(target: try #require(Target(base))), transport: courier, loop: bench.loop)
            let report = try await replayer.run([ReplayInput(recording)])
            let calls = try await bench.shop.with { core in
                var calls: [String: Int] = [:]
                for span in core.recorder.spans().elements where span.template.kind == .server {
                    calls["\(span.template.service.name) \(span.resourceName)", default: 0] += 1
                }
                return calls
            }
            visitor.cookies = ["guest_token": Visitor.recordedCookie, "token": Visitor.recordedCookie]
            return Replay(report: report, answers: courier.answers, calls: calls, cart: try await visitor.get("/cart_link").text)
        }
    }

    @Test func `the broken shop fails 8 of 101 requests, and its pages with banners need 2.5 seconds`() throws {
        let replay = try Self.replay("broken")
        #expect(replay.answers.count == 101)
        #expect(replay.report.failures == 8 && replay.report.statuses == [200: 91, 304: 2, 500: 8])
        let failed = replay.answers.filter { $0.response.status >= 500 }
        #expect(
            failed.map(\.line) == [
                "GET /products?utf8=%E2%9C%93&taxon=&keywords=t+shirt", "GET /cart", "GET /t/categories", "GET /t/mugs",
                "GET /products?utf8=%E2%9C%93&taxon=3&keywords=tote", "GET /cart?variant_id=11", "GET /t/categories", "GET /cart?variant_id=1",
            ])
        #expect(failed.allSatisfy { $0.response.status == 500 && $0.response.type.hasPrefix("text/html") })
        let pages = replay.answers.filter { $0.target == "/" || $0.target == "/?page=2" || $0.target.hasPrefix("/products/") }
        #expect(pages.count == 27)
        #expect(pages.allSatisfy { $0.response.timings.total >= .milliseconds(2_500) && $0.response.timings.total < .milliseconds(3_000) })
        let others = replay.answers.filter { !pages.map(\.line).contains($0.line) }
        #expect(others.allSatisfy { $0.response.timings.total < .milliseconds(500) })
    }

    @Test func `the fixed shop fails none, and nothing takes half a second`() throws {
        let replay = try Self.replay("fixed")
        #expect(replay.answers.filter { $0.response.status >= 400 }.map(\.line) == [])
        #expect(replay.answers.allSatisfy { $0.response.timings.total < .milliseconds(500) })
        #expect(replay.report.failures == 0 && replay.report.sessions == 1)
        // One browser at its own pace: nearly nothing is late, and the last request leaves where it did.
        #expect(replay.report.duration >= .milliseconds(518_564) && replay.report.duration < .milliseconds(519_064))
        #expect(replay.statuses("GET /assets/glyphicons") == [304])
        #expect(replay.statuses("GET /assets/favicon") == [200])
        #expect(replay.answers.filter { $0.target == "/favicon.ico" }.allSatisfy { $0.response.body.isEmpty })
    }

    @Test(arguments: ["broken", "fixed"]) func `the recorded browser's cart grows by two, and pages ask the services they need`(state: String) throws {
        let replay = try Self.replay(state)
        #expect(replay.statuses("POST /api/v2/storefront/cart/add_item") == [200])
        // 54.97 at first, a bag of 22.99 and a tote of 15.99 more.
        #expect(replay.cart.contains("Cart: (5)"))
        #expect(replay.cart.contains("<span class='amount'>$93.95</span>"))
        #expect(replay.calls["discounts-service GET /discount"] == 11)
        #expect(replay.calls["advertisements-service GET /ads"] == 27)
        #expect(replay.calls.filter { $0.key.hasPrefix("advertisements-service GET /banners") }.values.reduce(0, +) == 27)
    }

    @Test func `a shop whose advertisements fail loses every page with a banner`() throws {
        let replay = try Self.replay("ads-errors")
        let failed = replay.answers.filter { $0.response.status >= 500 }
        #expect(failed.count == 27)
        #expect(failed.allSatisfy { $0.target.hasPrefix("/products/") || $0.target.prefix(2) == "/?" || $0.target == "/" })
    }
}
