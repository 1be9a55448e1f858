import Base
import HTTP
import Synchronization
import Testing

@testable import Host

@Suite struct HostExportTests {
    @Test func `the spans of a shop that moves out are still sent`() throws {
        let folder = try PackFolder()
        // The collector opens the port once the host knows it.
        let port = try DatadogAgent.freePorts(1)[0]
        let configuration = folder.configuration {
            $0.environment = [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "OTEL_BSP_SCHEDULE_DELAY": "3600000",
            ]
        }
        try Guest.visit(configuration) { guest in
            let received = Received()
            let collector = Server(loop: guest.client.loop, host: "127.0.0.1", port: port) { request in
                received.add(String(decoding: request.body, as: UTF8.self))
                return Response(status: 200)
            }
            try collector.start()
            _ = try await guest.get("store", "/orders/77")
            #expect(received.text == "")
            try await guest.command("POST", "/v1/switch", .object(["pack": .string(folder.pack), "state": "fixed"]))
            let isThere = try await guest.eventually {
                _ = try await guest.observe("/metrics")
                return received.text.contains("/orders/77")
            }
            #expect(isThere)
            await collector.stop()
        }
    }

    private final class Received: Sendable {
        private let stored = Mutex("")
        var text: String { stored.withLock { $0 } }
        func add(_ text: String) { stored.withLock { $0 += text } }
    }
}
