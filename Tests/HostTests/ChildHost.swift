import Base
import Foundation
import HTTP

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
        let process = Process()
        let complaints = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = complaints
        try process.run()
        let text = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
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
