import Base
import HTTP
import Load
import Packs
import Storefront
import Testing

@testable import Proving

/// Whatever visitors, trainers and learners do to the shop, a reset gives back the fresh one.
@Suite struct ResetPropertyTests {
    private static let recording = (try? Recording.read()) ?? []

    @Test(arguments: 1...12) func `any sequence of requests, faults, deployments and resets ends in a fresh shop`(seed: UInt64) throws {
        let (fresh, after) = try Storedog.visit(seed % 2 == 0 ? "fixed" : "broken") { visitor in
            let bench = visitor.bench
            let fresh = try await Self.look(bench)
            try await bench.shop.with { try await $0.reset() }
            var random = SeededRandom(seed: seed)
            for _ in 0..<30 { try await Self.act(bench, &random) }
            try await bench.shop.with { try await $0.reset() }
            // Requests and background work of the time before come to their end in the shop that follows.
            try await bench.settle()
            try await bench.shop.with { try await $0.reset() }
            return (fresh, try await Self.look(bench))
        }
        #expect(after.fingerprint == fresh.fingerprint)
        #expect(after.answers == fresh.answers)
        #expect(after.telemetry == [0, 0, 0])
    }

    private struct Look: Sendable {
        var fingerprint: UInt64
        /// Spans, log lines and events before the first request.
        var telemetry: [Int]
        /// Status and body of a walk through the shop; times left out.
        var answers: [String]
    }

    private static func look(_ bench: Bench) async throws -> Look {
        let fingerprint = try await bench.fingerprint()
        let telemetry = try await bench.shop.with { [$0.recorder.spans().elements.count, $0.recorder.logs().elements.count, $0.recorder.events().elements.count] }
        var answers: [String] = []
        for request in recording.prefix(40) { answers.append(try await answer(bench, request)) }
        return Look(fingerprint: fingerprint, telemetry: telemetry, answers: answers)
    }

    private static func answer(_ bench: Bench, _ request: RecordedRequest) async throws -> String {
        let answer = try await bench.transport.send(
            ClientRequest(method: request.method, url: bench.url(of: "store-frontend") + request.target, headers: request.headers, body: request.body))
        let text = answer.text.replacing(#/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/#, with: "TIME")
        return "\(request.line): \(answer.status) \(text)"
    }

    /// Does one thing at random; what is refused is refused.
    private static func act(_ bench: Bench, _ random: inout SeededRandom) async throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0...4:
            let request = recording.randomElement(using: &random)!
            _ = try? await answer(bench, request)
        case 5: await post(bench, "discounts-service", "/discount")
        case 6: await startWithoutWaiting(bench, recording.randomElement(using: &random)!)
        case 7...8:
            let fault = bench.prepared.pack.faults.randomElement(using: &random)!.name
            try? await bench.shop.with { try await $0.switchOn(fault) }
        case 9:
            let fault = bench.prepared.pack.faults.randomElement(using: &random)!.name
            try? await bench.shop.with { try await $0.switchOff(fault) }
        case 10: try await deploy(bench, bench.prepared.pack.services.randomElement(using: &random)!, weight: [100, 30].randomElement(using: &random)!)
        default:
            if Bool.random(using: &random) { try await bench.shop.with { try await $0.reset() } }
            try await bench.loop.sleep(for: .milliseconds(Int.random(in: 1...30_000, using: &random)))
        }
    }

    private static func post(_ bench: Bench, _ service: String, _ path: String) async {
        _ = try? await bench.transport.send(ClientRequest(method: "POST", url: bench.url(of: service) + path, timeout: .seconds(5)))
    }

    /// A request that is still on its way while other things happen.
    private static func startWithoutWaiting(_ bench: Bench, _ request: RecordedRequest) async {
        Task(executorPreference: bench.loop) { _ = try? await answer(bench, request) }
    }

    private static func deploy(_ bench: Bench, _ service: String, weight: Int) async throws {
        try await bench.shop.with { core in
            let edit = try JSONNode.parse(#"{"headers": {"Via": "1.1 edit"}}"#.utf8, file: "edit")
            let node = try JSONNode.parse(try core.source(of: service).utf8, file: "edit").merging(edit)
            try await core.deploy(node, to: service, weight: weight)
            if service == "store-frontend" { try core.deployView(Array("<p>edited</p>".utf8), as: "products/show") }
        }
    }
}
