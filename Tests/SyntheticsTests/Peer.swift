import Foundation

/// A program that a test talks to; it ends with the test.
final class Peer {
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    private let process = Process()
    private let output = Pipe()
    private var seen = ""

    init(_ arguments: [String], in folder: URL = FileManager.default.temporaryDirectory) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = output
        // Some servers end when nobody types any more.
        process.standardInput = Pipe()
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Waits for a line that begins like this, and gives the rest of it.
    func line(after start: String) throws -> String {
        while true {
            let lines = seen.split(separator: "\n", omittingEmptySubsequences: false)
            if let line = lines.dropLast().first(where: { $0.hasPrefix(start) }) { return String(line.dropFirst(start.count)) }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Missing(description: "no line \"\(start)\" in: \(seen)") }
            seen += String(decoding: more, as: UTF8.self)
        }
    }

    /// Runs a program to its end.
    @discardableResult
    static func run(_ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Missing(description: "\(arguments.joined(separator: " ")): \(text)") }
        return text
    }

    static func has(_ program: String) -> Bool { (try? run(["which", program], in: FileManager.default.temporaryDirectory)) != nil }
}

/// A certificate authority of the tests, with the certificates that it has signed, in a folder of its own.
final class Authority {
    let folder: URL
    var file: String { folder.appending(path: "authority.pem").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Peer.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "authority.key", "-out", "authority.pem", "-days", "30", "-subj", "/CN=Test Authority"],
            in: folder)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Makes `NAME.pem` and `NAME.key`; a negative number of days makes one that has ended.
    func sign(_ name: String, days: Int, subject: String = "/CN=example.org/O=Shop/C=DE", names: String = "DNS:example.org,DNS:localhost,IP:127.0.0.1") throws {
        try Peer.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", subject], in: folder)
        try Data("subjectAltName=\(names)\nextendedKeyUsage=serverAuth,clientAuth\n".utf8).write(to: folder.appending(path: "\(name).ext"))
        try Peer.run(
            [
                "openssl", "x509", "-req", "-in", "\(name).csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "\(days)", "-out",
                "\(name).pem", "-extfile", "\(name).ext",
            ], in: folder)
    }

    func text(_ file: String) throws -> String { try String(contentsOf: folder.appending(path: file), encoding: .utf8) }

    /// `openssl s_server` with one of the certificates, on a port that the kernel chooses.
    func serve(_ name: String, _ options: [String] = []) throws -> (peer: Peer, port: Int) {
        let peer = try Peer(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "\(name).pem", "-key", "\(name).key", "-www"] + options, in: folder)
        guard let port = Int(try peer.line(after: "ACCEPT 127.0.0.1:")) else { throw Peer.Missing(description: "s_server names no port") }
        return (peer, port)
    }
}
