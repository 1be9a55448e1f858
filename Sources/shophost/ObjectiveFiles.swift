import Base
import Foundation
import Host
import Objectives

/// Where objectives come from and where the commands keep what they know.
struct ObjectiveFiles {
    static let localManifest = "reliably.yaml"

    var texts: [(name: String, text: [UInt8])]
    /// For messages.
    var origin: String
    /// Observability address of the running shop; nil when none was asked.
    var observability: String?

    /// - Parameter manifest: Named by the user; without it `./reliably.yaml`, what was synchronized, and the running shop's pack are looked at.
    init(manifest: String?) throws {
        observability = nil
        if let path = manifest ?? (FileManager.default.fileExists(atPath: Self.localManifest) ? Self.localManifest : nil) {
            (texts, origin) = ([(path, try Self.read(path))], path)
        } else if let kept = FileManager.default.contents(atPath: Self.folder + "/objectives.yaml") {
            (texts, origin) = ([(Self.folder + "/objectives.yaml", Array(kept))], "the synchronized manifest")
        } else {
            let answer = try ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/slos", body: nil))
            texts = (answer["files"]?.elements ?? []).map { ($0["name"]?.text ?? "", Array(($0["text"]?.text ?? "").utf8)) }
            origin = "the pack \(answer["pack"]?.text ?? "")"
            observability = answer["observability"]?.text
            if texts.isEmpty { throw UsageError("\(origin) has no objectives; write some with: shophost slo init") }
        }
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("the file \(path) cannot be read; make one with: shophost slo init") }
        return Array(data)
    }

    static func write(_ text: String, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else { throw SystemError(call: "writing \(path)") }
    }

    static func keep(_ text: [UInt8]) throws { try save(text, as: "objectives.yaml") }

    // MARK: History

    static func history() -> ReportHistory { ReportHistory(json: FileManager.default.contents(atPath: folder + "/slo-history.json").map(Array.init) ?? []) }
    static func save(_ history: ReportHistory) throws { try save(history.json, as: "slo-history.json") }

    private static func save(_ bytes: [UInt8], as name: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(bytes)) else { throw SystemError(call: "writing \(folder)/\(name)") }
    }

    /// `$XDG_STATE_HOME/shophost`, else `~/.local/state/shophost`.
    private static var folder: String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return state + "/shophost" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state/shophost"
    }
}
