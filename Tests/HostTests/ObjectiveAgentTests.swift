import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// `shophost slo agent` beside a shop and a server that takes indicators as Reliably's API does.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct ObjectiveAgentTests {
    private static let pack = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Packs/hello").path

    /// Runs the agent against a host and gives what it prints.
    private static func agent(_ guest: Guest, _ options: [String], environment: [String: String]) async throws -> (status: Int32, output: String, complaint: String) {
        let arguments = ["slo", "agent", "-m", pack + "/slos/hello.yaml", "--datadog", await guest.host.observabilityURL] + options
        let control = guest.host.configuration.controlFile
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try ChildHost.capture(arguments, environment: environment.merging(["SHOPHOST_CONTROL": control]) { $1 }) })
            }
        }
    }

    private static func configuration(_ folder: PackFolder) -> HostConfiguration {
        folder.configuration { $0.shops[0].pack = "hello" }
    }

    @Test func `each indicator goes to the server with its organization and token`() throws {
        let folder = try PackFolder()
        try Guest.visit(Self.configuration(folder)) { guest in
            // Counted are the requests of whole stretches of ten seconds: as many as it takes until there is one.
            let isMeasured = try await guest.eventually {
                _ = try await guest.get("hello-service", "/")
                let (status, output, complaint) = try await Self.agent(guest, ["--rounds", "1"], environment: ["HOME": folder.folder])
                guard status == 0 else { throw Unexpected(complaint) }
                return output.contains("100.0")
            }
            #expect(isMeasured)
            let received = ReceivedRequests()
            let server = Server(loop: guest.client.loop, host: "127.0.0.1", port: 0) { request in
                received.list.append(request)
                return Response(status: 201)
            }
            try server.start()
            let (status, output, complaint) = try await Self.agent(
                guest, ["--rounds", "2", "-i", "1", "--push", "http://127.0.0.1:\(server.port)"],
                environment: ["HOME": folder.folder, "RELIABLY_ORG": "acme", "RELIABLY_TOKEN": "secret"])
            await server.stop()
            #expect(status == 0 && complaint.isEmpty, "\(complaint)")
            // The objective that only a Prometheus server could measure has no indicator.
            #expect(received.list.count == 2 && output.contains("no data"), "\(output)")
            for request in received.list {
                #expect(request.method == "PUT" && request.target == "/entities/acme/reliably.com/v1/indicator")
                #expect(request.headers["Authorization"] == "bearer secret")
                let entity = try Value.parse(json: request.body)
                #expect(entity["apiVersion"] == "reliably.com/v1" && entity["kind"] == "indicator")
                #expect(entity["metadata"]?["labels"]?["datadog_numerator_query"]?.text.hasPrefix("sum:trace.starlette.request.hits{") == true)
                #expect(entity["spec"]?["percent"] == 100.0)
                #expect(entity["spec"]?["from"]?.text.count == entity["spec"]?["to"]?.text.count)
            }
        }
    }

    @Test(arguments: [true, false]) func `the agent goes on when the server refuses or is away`(isThere: Bool) throws {
        let folder = try PackFolder()
        try Guest.visit(Self.configuration(folder)) { guest in
            let server = Server(loop: guest.client.loop, host: "127.0.0.1", port: 0) { _ in Response(status: 401) }
            try server.start()
            if !isThere { await server.stop() }
            var complaint = ""
            let isTold = try await guest.eventually {
                _ = try await guest.get("hello-service", "/")
                let run = try await Self.agent(guest, ["--rounds", "1", "--push", "http://127.0.0.1:\(server.port)"], environment: ["HOME": folder.folder])
                guard run.status == 0 else { throw Unexpected(run.complaint) }
                complaint = run.complaint
                return !complaint.isEmpty
            }
            if isThere { await server.stop() }
            #expect(isTold && complaint.contains(isThere ? "answered 401 to an indicator" : "an indicator could not be sent"), "\(complaint)")
        }
    }
}

/// What a server was sent.
// @unchecked Sendable: touched only on the loop of the server, which is that of the test.
private final class ReceivedRequests: @unchecked Sendable {
    var list: [Request] = []
}
