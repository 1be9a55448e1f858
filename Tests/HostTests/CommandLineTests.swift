import Testing

@testable import Host

/// The program's own answers to wrong command lines: what is wrong, what to type, and the exit status.
@Suite struct CommandLineTests {
    @Test(
        .enabled(if: ChildHost.isBuilt, "the program shophost is not built"),
        arguments: [
            (["--pack", "storedog", "--database", "mysql://shop"], 64, "--database needs postgresql://USER@HOST/NAME"),
            (["--pack", "storedog", "--logs", "/proc/nowhere"], 64, "--logs: nothing can be written to the folder /proc/nowhere"),
            (["help", "swich"], 64, "did you mean \"switch\"?"), (["swich"], 64, "did you mean \"switch\"?"), (["help", "switch"], 0, ""),
            (["--pack", "storedog", "--state", "livecode-"], 1, "did you mean"), (["prove", "--pack", "storedgo"], 1, "did you mean \"storedog\"?"),
            (["validate", "nowhere"], 1, "there is no pack \"nowhere\""),
        ])
    func `a wrong command line says what to type`(arguments: [String], status: Int32, message: String) throws {
        let (actual, complaint) = try ChildHost.run(arguments)
        #expect(actual == status)
        #expect(message.isEmpty ? complaint.isEmpty : complaint.contains(message), "\(complaint)")
    }
}
