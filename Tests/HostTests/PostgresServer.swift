import Foundation
import Testing

/// A private server for this test run, or the one that `SHOPHOST_TEST_POSTGRES` names.
enum PostgresServer {
    static let absence: Comment = "no PostgreSQL: set SHOPHOST_TEST_POSTGRES to a URL or install the server (apt-get install postgresql)"

    static var isAvailable: Bool { started != nil }
    /// Only where `isAvailable`.
    static var url: String { started! }

    private static let started: String? =
        ProcessInfo.processInfo.environment["SHOPHOST_TEST_POSTGRES"] ?? installed.flatMap { start(binaries: $0) }

    private static let installed: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    /// Set once, before `atexit` is told to read it.
    nonisolated(unsafe) private static var stopCommand = ""

    private static func start(binaries: String) -> String? {
        guard let port = freePort() else { return nil }
        let directory = "/tmp/postgres-tests-\(getpid())-\(port)"
        let options = "-c listen_addresses=127.0.0.1 -c port=\(port) -c unix_socket_directories=\(directory) -c fsync=off -c max_connections=200"
        let isStarted = run(
            """
            set -e
            mkdir \(directory)
            \(binaries)/initdb -D \(directory)/data -U postgres -A trust -E UTF8 --locale=C --no-sync
            \(binaries)/pg_ctl start -w -D \(directory)/data -l \(directory)/log -o '\(options)'
            """)
        stopCommand = "\(binaries)/pg_ctl stop -D \(directory)/data -m immediate; rm -rf \(directory)"
        atexit { PostgresServer.run(PostgresServer.stopCommand) }
        return isStarted ? "host=127.0.0.1 port=\(port) user=postgres dbname=postgres" : nil
    }

    /// Runs a shell command as a user who is not root, because the server refuses to run as root.
    ///
    /// Not Foundation's `Process`: that waits until every descriptor it left to the child is closed, and a server keeps them.
    @discardableResult
    private static func run(_ command: String) -> Bool {
        let words = ["/bin/sh", "-c", "exec >/dev/null 2>&1 </dev/null; cd /tmp; " + command]
        let all = geteuid() == 0 ? ["/usr/bin/env", "runuser", "-u", "postgres", "--"] + words : words
        let arguments = all.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        guard posix_spawn(&child, all[0], nil, nil, arguments, environ) == 0 else { return false }
        var status: Int32 = -1
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return false } }
        return status == 0
    }

    private static func freePort() -> UInt16? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
