import Foundation

/// Runs Python, for independent implementations of what is tested.
enum Python {
    /// False when the machine does not have the modules, which `Tests/install/peers` installs.
    static func has(_ modules: String...) -> Bool { run("import " + modules.joined(separator: ", ")).status == 0 }

    /// - Parameter input: For the program's standard input.
    static func run(_ program: String, _ arguments: [String] = [], input: String = "") -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-W", "ignore", "-c", program] + arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stdout)
        guard (try? process.run()) != nil else { return (-1, "python3 is missing") }
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
