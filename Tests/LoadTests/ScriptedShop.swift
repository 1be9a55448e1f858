import Base
import HTTP
import Synchronization

@testable import Load

/// Answers requests in simulated time and remembers them.
final class ScriptedShop: LoadTransport {
    struct Seen: Sendable, Equatable {
        var line: String
        var arrived: Duration
        var left: Duration
        var headers: Headers
        var body: String
    }

    typealias Answer = (status: Int, headers: Headers, body: String, after: Duration)

    private let loop: EventLoop
    private let start: Timestamp
    private let answer: @Sendable (ClientRequest) throws(ClientError) -> Answer
    private let state = Mutex((seen: [Seen](), inFlight: 0, most: 0))

    init(_ loop: EventLoop, _ answer: @escaping @Sendable (ClientRequest) throws(ClientError) -> Answer = { _ in (200, [:], "ok", .zero) }) {
        self.loop = loop
        start = loop.now
        self.answer = answer
    }

    /// In the order in which they arrived.
    var seen: [Seen] { state.withLock { $0.seen }.sorted { $0.arrived < $1.arrived } }
    var mostInFlight: Int { state.withLock { $0.most } }

    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        let arrived = loop.now - start
        state.withLock { state in
            state.inFlight += 1
            state.most = max(state.most, state.inFlight)
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        let (status, headers, body, delay) = try answer(request)
        do { if delay > .zero { try await loop.sleep(for: delay) } } catch { throw .cancelled }
        let target = String(request.url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" })
        let seen = Seen(
            line: "\(request.method) \(target)", arrived: arrived, left: loop.now - start, headers: request.headers, body: String(decoding: request.body, as: UTF8.self))
        state.withLock { $0.seen.append(seen) }
        return ClientResponse(status: status, httpVersion: "1.1", headers: headers, body: Array(body.utf8), timings: .init(), effectiveURL: request.url, remoteAddress: "")
    }
}

/// Replays in simulated time.
enum VirtualReplay {
    static let epoch = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

    struct Outcome: Sendable {
        var report: ReplayReport
        var seen: [ScriptedShop.Seen]
        var mostInFlight: Int
        var duration: Duration
    }

    /// To a shop that answers everything at once.
    static func run(_ items: [RecordingItem], speed: Double? = 1, perSecond: Int? = nil, _ change: (inout ReplayOptions) -> Void = { _ in }) throws -> Outcome {
        try run(items, speed: speed, perSecond: perSecond, answer: { _ in (200, [:], "ok", .zero) }, change)
    }

    static func run(
        _ items: [RecordingItem], speed: Double? = 1, perSecond: Int? = nil, answer: @escaping @Sendable (ClientRequest) throws(ClientError) -> ScriptedShop.Answer,
        _ change: (inout ReplayOptions) -> Void = { _ in }
    ) throws -> Outcome {
        var options = ReplayOptions(target: Target(host: "shop", port: 3000))
        change(&options)
        let final = options
        let loop = try EventLoop(virtualFrom: epoch)
        return try loop.run {
            let shop = ScriptedShop(loop, answer)
            let replayer = Replayer(final, transport: shop, loop: loop)
            let report = try await replayer.run([ReplayInput(RecordedMessages(items), speed: speed, perSecond: perSecond)])
            return Outcome(report: report, seen: shop.seen, mostInFlight: shop.mostInFlight, duration: loop.now - epoch)
        }
    }

    static func get(_ target: String, at milliseconds: Int64, id: String? = nil, cookie: String? = nil, headers: Headers = [:]) -> RecordingItem {
        var headers = headers
        if let cookie { headers.add("Cookie", "user=\(cookie)") }
        return .request(RecordedRequest(id: id ?? "\(target)@\(milliseconds)", time: Timestamp(nanoseconds: milliseconds * 1_000_000), method: "GET", target: target, headers: headers))
    }

    static func answer(to id: String, at milliseconds: Int64, status: Int = 200, headers: Headers = [:], body: String = "ok") -> RecordingItem {
        .response(RecordedResponse(id: id, time: Timestamp(nanoseconds: milliseconds * 1_000_000), status: status, headers: headers, body: Array(body.utf8)))
    }
}
