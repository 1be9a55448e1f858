import Base
import HTTP
import Synchronization
import Synthetics

/// Answers requests from a script and remembers them.
final class ScriptedTransport: CheckTransport {
    enum Answer: Sendable {
        case response(Int, String, Headers)
        /// After a time of the loop.
        case late(Duration, Int)
        case failure(ClientError)

        static func ok(_ body: String, _ headers: Headers = Headers()) -> Answer { .response(200, body, headers) }
    }

    private struct State {
        var script: [String: [Answer]]
        var connections: [ConnectRequest] = []
        var requests: [ClientRequest] = []
        var active = 0
        var mostActive = 0
    }

    private let state: Mutex<State>
    private let loop: EventLoop

    /// - Parameter script: Answers by `METHOD url`, used one after the other; the last one stays.
    init(_ script: [String: [Answer]], loop: EventLoop) {
        state = Mutex(State(script: script))
        self.loop = loop
    }

    var requests: [ClientRequest] { state.withLock { $0.requests } }
    var connections: [ConnectRequest] { state.withLock { $0.connections } }
    var mostActive: Int { state.withLock { $0.mostActive } }

    private func next(_ request: ClientRequest) -> Answer {
        let key = "\(request.method) \(request.url)"
        return state.withLock { state in
            state.requests.append(request)
            guard var answers = state.script[key], let first = answers.first else { return .failure(.other("not in the script: \(key)")) }
            if answers.count > 1 { answers.removeFirst() }
            state.script[key] = answers
            return first
        }
    }

    /// Answered under `CONNECT host:port`: any response is a connection, late ones included.
    func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
        state.withLock { $0.connections.append(request) }
        let response = try await send(ClientRequest(method: "CONNECT", url: "\(request.host):\(request.port)"))
        return ConnectResponse(timings: response.timings, remoteAddress: "127.0.0.1")
    }

    /// Answered under `LOOKUP host`: a body of lines such as `A 127.0.0.1`.
    func lookUp(_ query: NameQuery) async throws(ClientError) -> [RecordType: [String]] {
        let response = try await send(ClientRequest(method: "LOOKUP", url: query.host))
        var records = Dictionary(uniqueKeysWithValues: query.types.map { ($0, [String]()) })
        for line in String(decoding: response.body, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if let type = RecordType(rawValue: String(parts[0])), records[type] != nil { records[type]?.append(String(parts[1])) }
        }
        return records
    }

    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        state.withLock {
            $0.active += 1; $0.mostActive = max($0.mostActive, $0.active)
        }
        defer { state.withLock { $0.active -= 1 } }
        switch next(request) {
        case .failure(let error): throw error
        case .response(let status, let body, let headers): return .make(status: status, headers: headers, body: body)
        case .late(let delay, let status):
            do { try await loop.sleep(for: delay) } catch { throw .cancelled }
            return .make(status: status, total: delay)
        }
    }
}

extension ClientResponse {
    static func make(
        status: Int = 200, headers: Headers = Headers(), body: String = "", total: Duration = .milliseconds(12), dns: Duration = .zero
    ) -> ClientResponse {
        var timings = Timings()
        timings.total = total
        timings.dns = dns
        timings.firstByte = total - dns
        return ClientResponse(
            status: status, httpVersion: "1.1", headers: headers, body: Array(body.utf8), timings: timings, effectiveURL: "", remoteAddress: "")
    }
}

/// Runs the entries of one file in virtual time, against a script.
func run(
    _ json: String, _ script: [String: [ScriptedTransport.Answer]], sources: VariableSources = VariableSources(), concurrency: Int = 4,
    timeLimit: Duration? = nil
) throws -> (results: [CheckResult], requests: [ClientRequest], mostActive: Int) {
    let entries = try CheckFile.read(json.utf8, file: "f.json")
    let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
    let transport = ScriptedTransport(script, loop: loop)
    let results = try loop.run { () async -> [CheckResult] in
        var random = SeededRandom(seed: 1)
        return await Runner(send: transport, loop: loop, sources: sources, concurrency: concurrency, timeLimit: timeLimit).run(entries, random: &random)
    }
    return (results, transport.requests, transport.mostActive)
}

/// A check of one request.
func definition(
    name: String = "c", url: String = "http://h/", assertions: String = #"[{"type":"statusCode","operator":"is","target":200}]"#,
    options: String = "{}", config: String = "", more: String = ""
) -> String {
    #"{"type":"api","subtype":"http","name":"\#(name)","options":\#(options)\#(more),"config":{"request":{"url":"\#(url)"},"assertions":\#(assertions)\#(config)}}"#
}

/// A check of several steps.
func multistep(_ steps: [String], config: String = "", options: String = "{}") -> String {
    #"{"type":"api","subtype":"multi","name":"m","options":\#(options),"config":{"steps":[\#(steps.joined(separator: ","))]\#(config)}}"#
}

func step(_ name: String, _ method: String = "GET", _ url: String = "http://h/", more: String = "") -> String {
    #"{"name":"\#(name)","subtype":"http","request":{"method":"\#(method)","url":"\#(url)","persistCookies":true},"assertions":[{"type":"statusCode","operator":"is","target":200}]\#(more)}"#
}
