import Base
import EmbeddedPacks
import Foundation
import Handlers
import Packs
import Storefront
import Synchronization

/// The packs that a host can open: those built in, and folders. A built-in one is prepared once, a folder whenever its files have changed.
public final class PackLibrary: Sendable {
    private let handlers: HandlerRegistry
    private let prepared = Mutex<[String: PreparedPack]>([:])

    public init(handlers: HandlerRegistry = .builtIn) { self.handlers = handlers }

    public static var builtInNames: [String] { EmbeddedPacks.names }

    /// A pack by name, or by the path of its folder.
    ///
    /// - Throws: `Problems`, `Problem`, or `ShopCore.Refusal` when there is no such pack.
    public func pack(_ name: String) throws -> PreparedPack {
        let known = prepared.withLock { $0[name] }
        let isFolder = Self.isFolder(name)
        if let known, !isFolder { return known }
        let files = try Self.files(name)
        if let known, known.pack.files.contents == files.contents { return known }
        let fresh = try PreparedPack(files, handlers: handlers, checksEverything: isFolder)
        prepared.withLock { $0[name] = fresh }
        return fresh
    }

    public static func files(_ name: String) throws -> PackFiles {
        if isFolder(name) { return try PackFiles.read(directory: name) }
        if let files = EmbeddedPacks.files(of: name) { return files }
        throw ShopCore.Refusal("there is no pack \"\(name)\"" + suggestion(for: name, among: builtInNames) + "; a folder is given by its path, for example ./\(name)")
    }

    /// As `files`, and where no pack is built in under the name, of a folder beside the caller: for commands that look at a pack's files.
    public static func files(ofPackOrFolder name: String) throws -> PackFiles {
        if !builtInNames.contains(name), FileManager.default.fileExists(atPath: name) { return try PackFiles.read(directory: name) }
        return try files(name)
    }

    /// A folder is meant when the name has a slash, so that a folder that happens to be there cannot hide a built-in pack.
    public static func isFolder(_ name: String) -> Bool { name.contains("/") || name == "." || name == ".." }
}
