import Base
import Foundation

/// How commands find the running host: a file that only the user can read.
public struct ControlFile: Sendable, Equatable {
    public var url: String
    public var token: String
    public var processID: Int

    public init(url: String, token: String, processID: Int) {
        self.url = url
        self.token = token
        self.processID = processID
    }

    /// `$SHOPHOST_CONTROL`, else `$XDG_RUNTIME_DIR/shophost/control.json`, else `~/.local/state/shophost/control.json`.
    public static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["SHOPHOST_CONTROL"], !path.isEmpty { return path }
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty { return runtime + "/shophost/control.json" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state/shophost/control.json"
    }

    public func write(to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let text = Value.object(["url": .string(url), "token": .string(token), "pid": .int(processID)]).jsonBytes(.pretty)
        let temporary = path + ".\(processID).new"
        do {
            try Self.create(temporary, text)
            guard rename(temporary, path) == 0 else { throw SystemError(call: "writing \(path)") }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// A new file that nobody else can read at any moment; never one that somebody has put there.
    private static func create(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(call: "writing \(path)") }
        defer { close(descriptor) }
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemError(call: "writing \(path)") }
    }

    /// - Returns: Nil when there is no such file or it is not one of ours.
    public static func read(_ path: String) -> ControlFile? {
        guard let data = FileManager.default.contents(atPath: path), let value = try? Value.parse(json: Array(data)),
            let url = value["url"]?.text, let token = value["token"]?.text, let process = value["pid"]?.integer
        else { return nil }
        return ControlFile(url: url, token: token, processID: process)
    }

    /// Removes the file if it is still this host's.
    public func remove(from path: String) {
        if ControlFile.read(path) == self { try? FileManager.default.removeItem(atPath: path) }
    }
}
