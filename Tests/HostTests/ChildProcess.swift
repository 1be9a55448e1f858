import Base
import Foundation
import Synchronization

/// The program `shophost` as a process of its own, with what it prints.
final class ChildProcess: Sendable {
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        /// Standard error.
        var complaint: String

        var json: Value { get throws { try Value.parse(json: output.utf8) } }
    }

    private let process = Process()
    private let reading = DispatchGroup()
    private let texts = Mutex((output: "", complaint: ""))

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let (output, complaints) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: ChildHost.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        // Both at once: a full pipe would stop the program.
        read(output) { $0.output = $1 }
        read(complaints) { $0.complaint = $1 }
    }

    private func read(_ pipe: Pipe, _ keep: @escaping @Sendable (inout (output: String, complaint: String), String) -> Void) {
        let handle = pipe.fileHandleForReading
        DispatchQueue.global().async(group: reading) {
            let text = String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
            self.texts.withLock { keep(&$0, text) }
        }
    }

    /// Runs the program to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome { try ChildProcess(arguments, environment: environment).wait() }

    func interrupt() { process.interrupt() }

    func wait() -> Outcome {
        process.waitUntilExit()
        reading.wait()
        return texts.withLock { Outcome(status: process.terminationStatus, output: $0.output, complaint: $0.complaint) }
    }
}
