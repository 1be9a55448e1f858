import Foundation
import Synchronization

@testable import Host

/// A copy of the test pack in a temporary folder, deleted with this object.
final class PackFolder: Sendable {
    private static let original = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "ProvingTests/Kiosk").path
    private static let lastNumber = Atomic<Int>(0)

    /// Everything of one test: the pack, control file, data.
    let folder: String
    var pack: String { folder + "/pack" }

    /// - Parameter changes: By path in the pack: what to replace in the file's text, and by what.
    init(_ changes: [String: [(String, String)]] = [:]) throws {
        folder = NSTemporaryDirectory() + "/host-\(getpid())-\(Self.lastNumber.add(1, ordering: .relaxed).newValue)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Self.original, toPath: folder + "/pack")
        for (path, replacements) in changes { for (old, new) in replacements { try replace(old, by: new, in: path) } }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func text(_ path: String) throws -> String { try String(contentsOfFile: pack + "/" + path, encoding: .utf8) }

    func write(_ text: String, to path: String) throws { try text.write(toFile: pack + "/" + path, atomically: true, encoding: .utf8) }

    func replace(_ old: String, by new: String, in path: String) throws {
        let before = try text(path)
        guard before.contains(old) else { throw Unexpected("\(path) does not contain \(old)") }
        try write(before.replacing(old, with: new), to: path)
    }

    /// A host of this pack on free ports.
    func configuration(state: String = "fixed", _ change: (inout HostConfiguration) -> Void = { _ in }) -> HostConfiguration {
        var configuration = HostConfiguration()
        configuration.shops = [HostConfiguration.ShopRequest(name: "shop", pack: pack, state: state, port: 0)]
        configuration.observabilityPort = 0
        configuration.controlFile = folder + "/control.json"
        change(&configuration)
        return configuration
    }
}
