import Foundation

@testable import Synthetics

/// A program of this package as a process of its own.
final class Product {
    /// Beside the test bundle, whose path the runner gives or is.
    private static let folder = {
        let bundle = CommandLine.arguments.last { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent()
    }()

    static let areBuilt = ["shophost", "synthetics-start"].allSatisfy { FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path) }
    static let canRun = areBuilt && (try? Programs(ProcessInfo.processInfo.environment)) != nil

    private let process = Process()
    private let output = Pipe()

    /// - Parameter environment: On top of this process's own.
    init(_ name: String, _ arguments: [String], environment: [String: String]) throws {
        process.executableURL = Self.folder.appending(path: name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Runs a program to its end.
    static func run(_ name: String, _ arguments: [String], environment: [String: String]) throws -> (status: Int32, output: [UInt8]) {
        let product = try Product(name, arguments, environment: environment)
        let output = [UInt8](product.output.fileHandleForReading.readDataToEndOfFile())
        product.process.waitUntilExit()
        return (product.process.terminationStatus, output)
    }

    /// Returns when a line with this beginning was printed; false when the program ended without it.
    func prints(_ beginning: String) -> Bool {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return false }
            text += String(decoding: data, as: UTF8.self)
            if text.split(separator: "\n").contains(where: { $0.hasPrefix(beginning) }) { return true }
        }
    }

    /// - Returns: Exit status, or the signal as a negative number.
    func end(by signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }
}

/// A folder of one test, deleted with this object.
final class Folder {
    let path: String

    init() throws {
        path = try TemporaryFolder(in: NSTemporaryDirectory(), prefix: "browser-tests").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }

    func names(_ name: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + name)) ?? [] }
}

/// Something else came than what a test goes on with.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
