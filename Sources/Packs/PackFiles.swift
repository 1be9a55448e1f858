import Base
import Foundation

/// The files of one pack by path within it: read from a folder, or built into the program.
public struct PackFiles: Sendable {
    /// Shown before file names in messages, for example `Packs/storedog`.
    public let origin: String
    public let contents: [String: [UInt8]]

    public init(origin: String, contents: [String: [UInt8]]) {
        self.origin = origin
        self.contents = contents
    }

    /// Reads the folder of a pack with everything in it, hidden files left out.
    ///
    /// - Throws: `Problem` when the folder cannot be read or holds no `pack.json`.
    public static func read(directory: String) throws(Problem) -> PackFiles {
        let files = try read(anyDirectory: directory)
        guard files.contents["pack.json"] != nil else {
            throw Problem("this folder holds no pack.json, so it is not a pack", at: SourceLocation(file: directory, line: 1, column: 1))
        }
        return files
    }

    /// Reads a folder that may hold some of a pack's files.
    ///
    /// - Throws: `Problem` when it cannot be read.
    public static func read(anyDirectory directory: String) throws(Problem) -> PackFiles {
        let manager = FileManager.default
        let place = SourceLocation(file: directory, line: 1, column: 1)
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue, let paths = manager.enumerator(atPath: directory) else { throw Problem("there is no such folder, or it cannot be read", at: place) }
        var contents: [String: [UInt8]] = [:]
        for case let path as String in paths {
            if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
            var isDirectory: ObjCBool = false
            let full = directory + "/" + path
            guard manager.fileExists(atPath: full, isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
            guard let data = manager.contents(atPath: full) else { throw Problem("the file cannot be read", at: SourceLocation(file: full, line: 1, column: 1)) }
            contents[path] = Array(data)
        }
        return PackFiles(origin: directory, contents: contents)
    }

    /// Path as it is shown to people.
    public func displayPath(_ path: String) -> String { origin.isEmpty ? path : origin + "/" + path }

    /// Paths below a folder that end in a suffix, sorted.
    public func paths(under folder: String, suffix: String = "") -> [String] {
        contents.keys.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(suffix) }.sorted()
    }
}
