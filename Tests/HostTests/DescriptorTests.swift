import Base
import Foundation
import HTTP
import Testing

@testable import Host

@Suite struct HostDescriptorTests {
    private static func child(_ folder: PackFolder, limit: Int? = nil) throws -> ChildHost {
        let arguments = ["--pack", folder.pack, "--state", "fixed", "--port", "0", "--observability-port", "0"]
        return try ChildHost(arguments, controlFile: folder.folder + "/control.json", descriptorLimit: limit)
    }

    @Test(.enabled(if: ChildHost.isBuilt, "the program shophost is not beside the tests"))
    func `the program has room for its connections from the start`() throws {
        let child = try Self.child(PackFolder())
        defer { _ = child.kill() }
        let status = try String(contentsOfFile: "/proc/\(child.identifier)/status", encoding: .utf8)
        let limits = try String(contentsOfFile: "/proc/\(child.identifier)/limits", encoding: .utf8)
        let size = try #require(status.split(separator: "\n").first { $0.hasPrefix("FDSize:") }?.split(separator: "\t").last)
        let permitted = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }?.split(separator: " "))
        #expect(permitted[3] == permitted[4])
        #expect(try #require(Int(size)) >= min(16_384, Int(permitted[4]) ?? 16_384))
    }

    @Test(.enabled(if: ChildHost.isBuilt, "the program shophost is not beside the tests"))
    func `without free descriptors newcomers wait, and those who are there are served`() throws {
        let folder = try PackFolder()
        let child = try Self.child(folder, limit: 96)
        defer { _ = child.kill() }
        try child.visit { client, url in
            let page = ClientRequest(url: url + "/", timeout: .seconds(20))
            #expect(try await client.send(page).status == 200)
            let port = try #require(URL(string: url)?.port)
            let visitors = try (0..<150).map { _ in try Visitor(port: port) }
            #expect(try await client.send(page).status == 200)
            for visitor in visitors { visitor.leave() }
            let newcomer = Client(loop: client.loop)
            defer { newcomer.close() }
            #expect(try await newcomer.send(page).status == 200)
        }
    }
}

/// A connection to 127.0.0.1 that never asks for anything.
private final class Visitor {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError(call: "connect") }
    }

    func leave() { close(descriptor) }
}
