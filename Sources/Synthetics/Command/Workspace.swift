/// The files that the command reads and writes.
public protocol Workspace: Sendable {
    /// - Throws: What the system said.
    func read(_ path: String) throws -> [UInt8]
    func write(_ bytes: [UInt8], to path: String) throws
    /// Paths of the files that match, sorted; folders whose names start with a dot and `node_modules` are left out.
    func files(matching pattern: GlobPattern) -> [String]
    func exists(_ path: String) -> Bool
    /// The folder that relative paths start from.
    var folder: String { get }
    /// The same folder seen from the top of its git repository, without slashes at the ends; empty there and outside of one.
    var folderInRepository: String { get }
}

extension Workspace {
    /// What reports call a file: its path in the repository.
    func suite(of path: String) -> String {
        let plain = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folderInRepository.isEmpty || plain.hasPrefix("/") ? plain : folderInRepository + "/" + plain
    }
}
