import Base
import Foundation
import HTTP
import Testing

/// The AWS mock Moto (PyPI) as a server of its own: an X-Ray that is not ours.
// @unchecked Sendable: nothing in it changes once it runs.
final class MotoServer: @unchecked Sendable {
    static let program = Peer.program("moto_server")

    private let process = Process()
    let url: String

    /// Starts the server; `waitUntilReady` returns when it answers.
    init() throws {
        let port = try DatadogAgent.freePorts(1)[0]
        url = "http://127.0.0.1:\(port)"
        process.executableURL = URL(filePath: Self.program!)
        process.arguments = ["-H", "127.0.0.1", "-p", "\(port)"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func waitUntilReady(_ guest: Guest) async throws {
        let isThere = try await guest.eventually { (try? await self.ask("/TraceSegments", .object(["TraceSegmentDocuments": .list([])]), guest.client)) != nil }
        guard isThere else { throw Unexpected("Moto does not answer") }
    }

    func stop() {
        // Threads that run tests have signals blocked, and so has what they start: nothing else ends it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A call of the X-Ray API. Moto looks at the service and region of the signature, and not at the signature.
    func ask(_ path: String, _ question: Value, _ client: Client) async throws -> Value {
        let answer = try await client.send(
            ClientRequest(
                method: "POST", url: url + path,
                headers: [
                    "Content-Type": "application/json",
                    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/xray/aws4_request, SignedHeaders=host, Signature=0",
                ], body: question.jsonBytes(), timeout: .seconds(20)))
        guard answer.status == 200 else { throw Unexpected("\(path): \(answer.status) \(answer.text)") }
        return try answer.json
    }
}

/// The AWS CLI (PyPI) against an endpoint of this machine.
enum AWSCommandLine {
    static let program = Peer.program("aws")

    /// The JSON that a command prints; null when it prints nothing.
    static func run(_ arguments: [String], endpoint: String) throws -> Value {
        let outcome = try ChildHost.capture(
            arguments + ["--endpoint-url", endpoint, "--region", "us-west-2", "--output", "json"], program: program,
            environment: [
                "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_PAGER": "",
            ])
        guard outcome.status == 0 else { throw Unexpected("aws \(arguments.joined(separator: " ")): \(outcome.complaint)") }
        return outcome.output.isEmpty ? .null : try Value.parse(json: outcome.output.utf8)
    }
}
