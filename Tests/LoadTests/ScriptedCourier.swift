import Base
import HTTP

@testable import Load

/// Answers visitors in simulated time from a script, and remembers what they sent.
final class ScriptedCourier: Courier {
    struct Reply {
        var result: Result<ClientAnswer, ClientError>?
        var delay: Duration

        /// An answer after a time.
        static func ok(_ body: String = "", status: Int = 200, headers: Headers = Headers(), after delay: Duration = .milliseconds(10)) -> Reply {
            var answer = ClientAnswer(status: status, head: ResponseHead(headers), body: Array(body.utf8))
            if (300..<400).contains(status) { answer.redirect = headers["Location"] }
            return Reply(result: .success(answer), delay: delay)
        }

        static func error(_ error: ClientError, after delay: Duration = .milliseconds(1)) -> Reply { Reply(result: .failure(error), delay: delay) }

        /// No answer ever.
        static let silence = Reply(result: nil, delay: .zero)
    }

    struct Sent {
        var time: Timestamp
        var request: ClientRequest
    }

    private let loop: EventLoop
    private let script: (_ request: ClientRequest, _ number: Int) -> Reply
    private(set) var sent: [Sent] = []

    init(_ loop: EventLoop, _ script: @escaping (_ request: ClientRequest, _ number: Int) -> Reply) {
        self.loop = loop
        self.script = script
    }

    func carry(_ request: ClientRequest, keeping: ClientRequest.Kept, _ deliver: @escaping (Result<ClientAnswer, ClientError>) -> Void) {
        let reply = script(request, sent.count)
        sent.append(Sent(time: loop.now, request: request))
        guard let result = reply.result else { return }
        loop.schedule(after: reply.delay) { deliver(result) }
    }
}

/// What came of a run in simulated time.
struct Outcome: Sendable {
    var statistics: RunStatistics
    /// `GET http://shop/a`, in the order in which they were sent.
    var lines: [String]
    /// When each was sent, in milliseconds from the start.
    var times: [Double]
    var headers: [Headers]
    var bodies: [String]
}

/// Runs a journey's JSON in simulated time. Requests without a service go to `http://shop`.
func simulate(
    _ json: String, _ profile: LoadProfile = LoadProfile(.closed(users: Curve(constant: 1)), iterationsPerUser: 1), thresholds: [Threshold] = [],
    share: LoadShare = .whole, _ script: @escaping @Sendable (_ request: ClientRequest, _ number: Int) -> ScriptedCourier.Reply = { _, _ in .ok() }
) throws -> Outcome {
    let start = Timestamp(nanoseconds: 1_000_000_000_000)
    let loop = try EventLoop(virtualFrom: start)
    return try loop.run {
        let courier = ScriptedCourier(loop, script)
        let journey = try JourneyFile(path: "j.json", text: Array(json.utf8), services: nil).read()
        let run = JourneyRun(
            journey, bases: ["": "http://shop", "ads": "http://ads:5002/"], profile: profile, courier: courier, loop: loop, thresholds: thresholds, share: share)
        await run.run()
        return Outcome(
            statistics: run.statistics, lines: courier.sent.map { "\($0.request.method) \($0.request.url)" },
            times: courier.sent.map { ($0.time - start).milliseconds }, headers: courier.sent.map(\.request.headers),
            bodies: courier.sent.map { String(decoding: $0.request.body, as: UTF8.self) })
    }
}

/// A journey of one kind of visitor.
func journey(_ steps: String, visitor: String = "", more: String = "") -> String {
    #"{ "title": "t", \#(more) "visitors": { "v": { \#(visitor) "tasks": [ { "steps": [ \#(steps) ] } ] } } }"#
}

extension RunStatistics {
    /// Reasons of failures and how often they occurred.
    var reasons: [String: Int] { Dictionary(failures.rows.map { ($0.reason, $0.occurrences) }, uniquingKeysWith: +) }
}
