import Base
import Foundation
import HTTP
import Testing

/// Datadog's test agent (Python package ddapm-test-agent) as a process of its own, with all its checks on.
// @unchecked Sendable: nothing in it changes once it runs.
final class DatadogAgent: @unchecked Sendable {
    /// Found on the path, where `Tests/run` puts it.
    static let program = Peer.program("ddapm-test-agent")
    static let isInstalled = program != nil
    static let absence = Peer.absence(of: "ddapm-test-agent")

    private static let checks = [
        "trace_count_header", "meta_tracer_version_header", "trace_content_length", "meta_events_is_valid_json", "trace_stall", "trace_peer_service",
        "trace_dd_service",
    ]

    private let process = Process()
    let port: Int
    /// A Unix socket that takes the same requests.
    let socket: String
    private let folder: String

    /// Starts the agent; `waitUntilReady` returns when it answers.
    init() throws {
        let ports = try Self.freePorts(3)
        port = ports[0]
        folder = NSTemporaryDirectory() + "/agent-\(UUID().uuidString)"
        socket = folder + "/apm.socket"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: Self.program!)
        process.arguments = ["--port", "\(ports[0])", "--otlp-http-port", "\(ports[1])", "--otlp-grpc-port", "\(ports[2])", "--trace-uds-socket", socket]
        process.environment = ProcessInfo.processInfo.environment.merging(["ENABLED_CHECKS": Self.checks.joined(separator: ","), "DD_POOL_TRACE_CHECK_FAILURES": "true"]) { $1 }
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func waitUntilReady(_ guest: Guest) async throws {
        let isThere = try await guest.eventually { (try? await self.get("/info", guest.client))?.status == 200 }
        guard isThere else { throw Unexpected("the test agent does not answer") }
    }

    /// Ports that are free now; somebody opens them soon after.
    static func freePorts(_ count: Int) throws -> [Int] {
        let loop = try EventLoop()
        return try loop.run {
            var servers: [Server] = []
            for _ in 0..<count {
                let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
                try server.start()
                servers.append(server)
            }
            let ports = servers.map(\.port)
            for server in servers { await server.stop() }
            return ports
        }
    }

    func stop() {
        // Threads that run tests have signals blocked, and so has what they start: nothing else ends it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func get(_ path: String, _ client: Client) async throws -> ClientResponse {
        try await client.send(ClientRequest(url: "http://127.0.0.1:\(port)\(path)", timeout: .seconds(5)))
    }

    /// The traces that have come so far: arrays of spans.
    func traces(_ client: Client) async throws -> [[Value]] {
        try await get("/test/traces", client).json.elements?.map { $0.elements ?? [] } ?? []
    }

    /// Requests with their headers, in the session that has no token.
    func requests(_ client: Client) async throws -> [Value] { try await get("/test/session/requests", client).json.elements ?? [] }

    /// What the agent's checks have found wrong: status 200 and nothing else when all is well.
    func failures(_ client: Client) async throws -> (status: Int, text: String) {
        let answer = try await get("/test/trace_check/failures", client)
        return (answer.status, answer.text)
    }

    /// How often each check has passed, failed and been skipped.
    func summary(_ client: Client) async throws -> Value { try await get("/test/trace_check/summary", client).json }

    /// Sampling rates that the agent answers with from now on.
    func setRates(_ rates: String, _ client: Client) async throws {
        _ = try await get("/test/session/start?" + QueryPairs(["agent_sample_rate_by_service": rates]).encoded, client)
    }
}
