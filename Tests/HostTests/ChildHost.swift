import Base
import Foundation
import HTTP
import Synchronization

/// The program `shophost` as a process of its own.
final class ChildHost {
    /// Beside the test bundle, whose path the runner gives or is.
    static let program = {
        let bundle = CommandLine.arguments.last { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "shophost").path
    }()
    static let isBuilt = FileManager.default.isExecutableFile(atPath: program)

    private let process = Process()
    /// Of the entry service.
    private let url: String

    var identifier: Int32 { process.processIdentifier }

    /// Returns when the program says that it is ready.
    ///
    /// - Parameter descriptorLimit: How many descriptors it may have; nil for as many as the tests.
    init(_ arguments: [String], controlFile: String, descriptorLimit: Int? = nil) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: descriptorLimit == nil ? Self.program : "/bin/sh")
        let limited = descriptorLimit.map { ["-c", "ulimit -n \($0) && exec \"$0\" \"$@\"", Self.program] } ?? []
        process.arguments = limited + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["SHOPHOST_CONTROL": controlFile]) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        url = try Self.readyURL(output.fileHandleForReading)
    }

    /// Runs the program to its end.
    ///
    /// - Returns: Exit status and standard error.
    static func run(_ arguments: [String]) throws -> (status: Int32, complaint: String) {
        let (status, _, complaint) = try run(arguments, controlFile: nil)
        return (status, complaint)
    }

    /// - Parameter controlFile: Of the host that a command is for; that of the environment when nil.
    static func run(_ arguments: [String], controlFile: String?) throws -> (status: Int32, output: String, complaint: String) {
        let process = Process()
        // Files, because a pipe that nobody empties stops the program.
        let folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let streams = ["output", "complaint"].map { folder.appending(path: $0) }
        for stream in streams { try Data().write(to: stream) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        if let controlFile { process.environment = ProcessInfo.processInfo.environment.merging(["SHOPHOST_CONTROL": controlFile]) { $1 } }
        process.standardOutput = try FileHandle(forWritingTo: streams[0])
        process.standardError = try FileHandle(forWritingTo: streams[1])
        try process.run()
        process.waitUntilExit()
        let texts = try streams.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    /// Runs a program to its end.
    ///
    /// - Parameter program: `shophost` itself when nil.
    static func capture(_ arguments: [String], program: String? = nil, environment: [String: String] = [:]) throws -> (status: Int32, output: String, complaint: String) {
        let process = Process()
        let (output, complaints) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: program ?? Self.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        // Both at a time: a full pipe would stop the program.
        let complaint = Mutex("")
        let reading = DispatchGroup()
        DispatchQueue.global().async(group: reading) {
            let text = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            complaint.withLock { $0 = text }
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        reading.wait()
        return (process.terminationStatus, text, complaint.withLock { $0 })
    }

    /// A run of the program that goes on beside a test.
    final class Running {
        private let process = Process()
        private let output = Pipe()

        init(_ arguments: [String]) throws {
            process.executableURL = URL(filePath: ChildHost.program)
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        /// Presses Ctrl-C and waits for the end.
        func interrupt() -> (status: Int32, output: String) {
            process.interrupt()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
    }

    private static func readyURL(_ output: FileHandle) throws -> String {
        var text = ""
        while true {
            let data = output.availableData
            if data.isEmpty { throw Unexpected("the program ended: \(text)") }
            text += String(decoding: data, as: UTF8.self)
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ready ") }), text.hasSuffix("\n") { return String(line.dropFirst(6)) }
        }
    }

    func visit<Result: Sendable>(_ body: @escaping @Sendable (Client, String) async throws -> Result) throws -> Result {
        let loop = try EventLoop()
        let url = url
        return try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            return try await body(client, url)
        }
    }

    /// Kills the process; nothing in it gets a chance to tidy up.
    ///
    /// - Returns: The signal that ended it.
    func kill() -> Int32 {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? process.terminationStatus : 0
    }
}
