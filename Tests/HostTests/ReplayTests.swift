import Base
import Foundation
import HTTP
import Load
import Testing

@testable import Host

/// Recorded traffic sent to real hosts over real sockets, and live traffic recorded there.
@Suite struct ReplayTests {
    private static let recording = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/storedog/requests_0.gor").path

    /// A host of the Storedog pack on free ports; everything that it decides by chance repeats with its seed.
    private static func storedog(_ folder: PackFolder, state: String = "fixed", seed: UInt64, recording path: String? = nil, chunkBytes: Int = 0, services: [String] = []) -> HostConfiguration {
        folder.configuration { configuration in
            configuration.shops = [HostConfiguration.ShopRequest(name: "shop", pack: "storedog", state: state, port: 0)]
            configuration.seed = seed
            configuration.recording = path.map { HostConfiguration.Recording(path: folder.folder + "/" + $0, services: services, chunkBytes: chunkBytes) }
        }
    }

    /// As fast as the shop answers.
    private static func replay(_ patterns: String..., with guest: Guest, service: String = "store-frontend", _ change: @Sendable (inout ReplayOptions) -> Void = { _ in }) async throws -> ReplayReport {
        var options = ReplayOptions(target: try #require(Target(try await guest.url(service))))
        change(&options)
        let replayer = Replayer(options, transport: guest.client, loop: guest.client.loop)
        return try await replayer.run([ReplayInput(try RecordingFilesSource(patterns: patterns), speed: nil)])
    }

    private static func read(_ path: String) throws -> (requests: [RecordedRequest], responses: [RecordedResponse]) {
        var reader = try GoReplayReader(path: path)
        var (requests, responses): ([RecordedRequest], [RecordedResponse]) = ([], [])
        while let item = reader.next() {
            switch item {
            case .request(let request): requests.append(request)
            case .response(let response): responses.append(response)
            case .problem(let problem): throw problem
            }
        }
        return (requests, responses)
    }

    @Test func `the recorded session fails nowhere in the fixed shop, and what is captured of it replays identically`() throws {
        let folder = try PackFolder()
        let first = try Guest.visit(Self.storedog(folder, seed: 7, recording: "captured.gor")) { try await Self.replay(Self.recording, with: $0) }
        #expect(first.requests == 101 && first.failures == 0 && first.statuses == [200: 99, 304: 2] && first.sessions == 1)

        let captured = try Self.read(folder.folder + "/captured_0.gor")
        let original = try Self.read(Self.recording).requests
        #expect(captured.requests.map(\.line) == original.map(\.line))
        #expect(captured.requests.map(\.body) == original.map(\.body))
        #expect(zip(captured.requests, original).allSatisfy { $0.headers.values("Cookie") == $1.headers.values("Cookie") })
        #expect(captured.responses.map(\.id) == captured.requests.map(\.id))
        #expect(captured.responses.allSatisfy { ($0.latency ?? .zero) > .zero })

        let second = try Guest.visit(Self.storedog(folder, seed: 7, recording: "again.gor.gz", chunkBytes: 20_000)) { try await Self.replay(folder.folder + "/captured_0.gor", with: $0) }
        #expect(second.requests == 101 && second.compared == 101 && second.different == 0 && second.failures == 0 && second.sessions == 1, "\(second.text)")

        // Packed, in several files, and again the same.
        let chunks = try FileManager.default.contentsOfDirectory(atPath: folder.folder).filter { $0.hasPrefix("again.gor_") }
        #expect(chunks.count > 2)
        let pattern = folder.folder + "/again.gor_*.gz"
        let again = try chunks.map { try Self.read(folder.folder + "/" + $0) }
        let requests = again.flatMap(\.requests).sorted { $0.time < $1.time }
        #expect(requests.map(\.line) == captured.requests.map(\.line))
        let statuses = Dictionary(again.flatMap(\.responses).map { ($0.id, $0.status) }, uniquingKeysWith: { first, _ in first })
        #expect(requests.map { statuses[$0.id] } == captured.responses.map(\.status))
        let third = try Guest.visit(Self.storedog(folder, seed: 7)) { try await Self.replay(pattern, with: $0) }
        #expect(third.compared == 101 && third.different == 0 && third.failures == 0, "\(third.text)")
    }

    @Test func `in the broken shop 8 requests of the recorded session fail with 500, and against a capture of the fixed one they differ`() throws {
        let folder = try PackFolder()
        // Every request for itself: one after the other, 27 pages would wait for their banners for a minute.
        let alone: @Sendable (inout ReplayOptions) -> Void = {
            $0.sessions = .none
            $0.comparison = .status
        }
        _ = try Guest.visit(Self.storedog(folder, seed: 7, recording: "fixed.gor")) { try await Self.replay(Self.recording, with: $0) }
        let (plain, compared) = try Guest.visit(Self.storedog(folder, state: "broken", seed: 7)) { guest in
            (try await Self.replay(Self.recording, with: guest, alone), try await Self.replay(folder.folder + "/fixed_0.gor", with: guest, alone))
        }
        #expect(plain.statuses == [200: 91, 304: 2, 500: 8] && plain.failures == 8 && plain.compared == 0)
        #expect(compared.compared == 101 && compared.different == 8)
        #expect(compared.differences.allSatisfy { $0.difference.kind == .status && $0.difference.recorded == "200" && $0.difference.live == "500" })
    }

    @Test func `an order is placed again in a shop that gives everything other numbers and tokens`() throws {
        let folder = try PackFolder()
        let number = try Guest.visit(Self.storedog(folder, seed: 1, recording: "order.gor")) { guest in
            try await Shopper(guest.client, base: try await guest.url("store-frontend")).buy()
        }
        let captured = folder.folder + "/order_0.gor"
        let (report, unmapped) = try Guest.visit(Self.storedog(folder, seed: 2)) { guest in
            // Rows of somebody else, so that the order's have other numbers than in the recording.
            let base = try await guest.url("store-frontend")
            let other = try await Shopper(guest.client, base: base).buy()
            #expect(other != number)
            return (try await Self.replay(captured, with: guest), try await Self.replay(captured, with: guest) { $0.mapsValues = false })
        }
        #expect(report.compared == 16 && report.failures == 0 && report.sessions == 1, "\(report.text)")
        #expect(unmapped.failures > 7, "\(unmapped.text)")
    }

    @Test func `only the services that are asked for are recorded`() throws {
        let folder = try PackFolder()
        let visit: @Sendable (Guest) async throws -> Void = { guest in
            _ = try await guest.get("store-frontend", "/t/mugs")
            _ = try await guest.get("discounts-service", "/discount")
        }
        try Guest.visit(Self.storedog(folder, seed: 1, recording: "entry.gor"), visit)
        #expect(try Self.read(folder.folder + "/entry_0.gor").requests.map(\.line) == ["GET /t/mugs"])
        try Guest.visit(Self.storedog(folder, seed: 1, recording: "one.gor", services: ["discounts-service"]), visit)
        #expect(try Self.read(folder.folder + "/one_0.gor").requests.map(\.line) == ["GET /discount"])
        #expect(throws: (any Error).self) { try RunningHost(Self.storedog(folder, seed: 1, recording: "none.gor", services: ["discount-service"])) }
    }

    @Test func `a pack that moves in is recorded at its own entry`() throws {
        let folder = try PackFolder()
        try Guest.visit(Self.storedog(folder, seed: 1, recording: "moved.gor")) { guest in
            _ = try await guest.get("store-frontend", "/t/mugs")
            try await guest.command("POST", "/v1/switch", .object(["pack": .string(folder.pack), "state": "fixed"]))
            _ = try await guest.get("store", "/")
            _ = try await guest.get("prices", "/prices")
        }
        #expect(try Self.read(folder.folder + "/moved_0.gor").requests.map(\.line) == ["GET /t/mugs", "GET /"])
    }
}
