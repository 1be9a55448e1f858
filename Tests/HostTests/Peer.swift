import Foundation
import Testing

/// Programs of other makers that tests compare with; `Tests/run` installs them and puts them on the path.
enum Peer {
    /// The path of a program; nil where it is not installed.
    static func program(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func absence(of package: String) -> Comment { "the Python package \(package) is not installed: Tests/install/peers" }
}
