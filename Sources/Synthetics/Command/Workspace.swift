/// The files that the command reads and writes.
public protocol Workspace: Sendable {
    /// - Throws: What the system said.
    func read(_ path: String) throws -> [UInt8]
    func write(_ bytes: [UInt8], to path: String) throws
    /// Paths of the files that match, sorted; folders whose names start with a dot and `node_modules` are left out.
    func files(matching pattern: GlobPattern) -> [String]
    func exists(_ path: String) -> Bool
}
