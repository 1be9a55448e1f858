import Base
import Foundation
import HTTP
import Testing

@testable import Host

@Suite struct HostAddressTests {
    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fe80::1", "[fe80::1]"), ("localhost", "localhost")])
    func `an address is written as URLs need it`(host: String, expected: String) {
        var configuration = HostConfiguration()
        configuration.host = host
        #expect(configuration.reachableHost == expected)
    }

    @Test func `a host on another address tells it, and its services find each other there`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration { $0.host = "127.0.0.2"; $0.mesh = .http }) { guest in
            let shop = try await guest.command("GET", "/v1/status")["shops"]?["0"]
            let url = try #require(shop?["services"]?["0"]?["url"]?.text)
            #expect(url.hasPrefix("http://127.0.0.2:"))
            #expect(try await guest.client.send(ClientRequest(url: url + "/", timeout: .seconds(20))).text.contains("12 things"))
            #expect(try await guest.command("GET", "/v1/checks")["variables"]?["STORE_URL"]?.text == url)
        }
    }
}

@Suite struct ProgramTests {
    /// Runs the program with these arguments and nobody at the other end of its standard output.
    private static func run(_ arguments: [String]) throws -> (reason: Process.TerminationReason, status: Int32, complaint: String) {
        let process = Process()
        let (output, complaints) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: ChildHost.program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = complaints
        try output.fileHandleForReading.close()
        try process.run()
        let text = String(decoding: try complaints.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationReason, process.terminationStatus, text)
    }

    @Test(.enabled(if: ChildHost.isBuilt, "the program shophost is not beside the tests"))
    func `a reader that goes away ends nothing by a signal`() throws {
        let end = try Self.run(["packs", "--json"])
        #expect(end.reason == .exit)
        #expect(end.status == 0)
    }

    @Test(.enabled(if: ChildHost.isBuilt, "the program shophost is not beside the tests"), arguments: ["../a=x:fixed", "a b=x:fixed", "a/b=x"])
    func `a shop's name cannot lead out of the data folder`(shop: String) throws {
        let end = try Self.run(["--shop", shop])
        #expect(end.status == 64)
        #expect(end.complaint.contains("letters, digits, - and _"))
    }
}
