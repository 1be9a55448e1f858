import Synchronization

@testable import Synthetics

/// Files in memory.
final class MemoryWorkspace: Workspace {
    struct Missing: Error {}
    private let stored: Mutex<[String: [UInt8]]>
    let folder = "/home/me/shop"
    let folderInRepository: String
    /// Folders in which nothing can be written.
    private let readOnly: Set<String>

    init(_ files: [String: String], folderInRepository: String = "", readOnly: Set<String> = []) {
        stored = Mutex(files.mapValues { Array($0.utf8) })
        self.folderInRepository = folderInRepository
        self.readOnly = readOnly
    }

    func read(_ path: String) throws -> [UInt8] {
        guard let bytes = stored.withLock({ $0[path] }) else { throw Missing() }
        return bytes
    }
    func write(_ bytes: [UInt8], to path: String) throws {
        if readOnly.contains(String(path.prefix { $0 != "/" })) { throw Missing() }
        stored.withLock { $0[path] = bytes }
    }
    func files(matching pattern: GlobPattern) -> [String] { stored.withLock { $0.keys.filter { pattern.matches($0) }.sorted() } }
    func exists(_ path: String) -> Bool { stored.withLock { $0[path] != nil } }
    func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }
}

/// Remembers what a command prints, and what it showed in passing.
final class MemoryOutput: CommandOutput {
    private struct State {
        var text = ""
        var shown: [String?] = []
    }

    let isTerminal: Bool
    let usesColour = false
    private let state = Mutex(State())

    init(isTerminal: Bool = false) { self.isTerminal = isTerminal }

    var text: String { state.withLock { $0.text } }
    var shown: [String?] { state.withLock { $0.shown } }

    func write(_ text: String) { state.withLock { $0.text += text } }
    func show(_ passing: String?) { state.withLock { $0.shown.append(passing) } }
}
