import Base
import Foundation

/// Programs for Python, whose packages read formats independently of us.
enum Python {
    static func run(_ program: String, input: [UInt8] = []) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let output = [UInt8](stdout.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    static func has(_ module: String) -> Bool { (try? run("import \(module)").status) == 0 }

    static let hasMessagePack = has("msgpack")

    /// Reads MessagePack with Python's package. Numbers beyond what JSON keeps exact, and all doubles, come as text.
    static func readMessagePack(_ bytes: [UInt8]) throws -> Value {
        let result = try run(messagePackReader, input: bytes)
        guard result.status == 0 else { throw Unreadable() }
        return try Value.parse(json: result.output)
    }

    private static let messagePackReader = """
        import sys, json, msgpack
        def plain(x):
            if isinstance(x, dict): return {k: plain(v) for k, v in x.items()}
            if isinstance(x, list): return [plain(v) for v in x]
            if isinstance(x, float): return "float " + repr(x)
            if isinstance(x, bytes): raise ValueError("bytes where text belongs")
            return str(x) if isinstance(x, int) and abs(x) > 2**53 else x
        def pairs(items):
            keys = [k for k, _ in items]
            if len(set(keys)) < len(keys): raise ValueError("a key stands twice")
            return dict(items)
        print(json.dumps(plain(msgpack.unpackb(sys.stdin.buffer.read(), object_pairs_hook=pairs))))
        """

    struct Unreadable: Error {}
}
