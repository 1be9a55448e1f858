import Base
import EmbeddedPacks
import Foundation
import Handlers
import Packs
import Storefront
import Synchronization

/// The packs that a host can open: those built in, and folders. Each is read and checked once.
public final class PackLibrary: Sendable {
    private let handlers: HandlerRegistry
    private let prepared = Mutex<[String: PreparedPack]>([:])

    public init(handlers: HandlerRegistry = .builtIn) { self.handlers = handlers }

    public static var builtInNames: [String] { EmbeddedPacks.names }

    /// A pack by name, or by the path of its folder.
    ///
    /// - Throws: `Problems`, `Problem`, or `ShopCore.Refusal` when there is no such pack.
    public func pack(_ name: String) throws -> PreparedPack {
        if let known = prepared.withLock({ $0[name] }) { return known }
        let fresh = try PreparedPack(Self.files(name), handlers: handlers, checksEverything: Self.isFolder(name))
        prepared.withLock { $0[name] = fresh }
        return fresh
    }

    /// Reads a pack again; what was read before stays when the new one has mistakes.
    public func reload(_ name: String) throws -> PreparedPack {
        let fresh = try PreparedPack(Self.files(name), handlers: handlers)
        prepared.withLock { $0[name] = fresh }
        return fresh
    }

    public static func files(_ name: String) throws -> PackFiles {
        if isFolder(name) { return try PackFiles.read(directory: name) }
        if let files = EmbeddedPacks.files(of: name) { return files }
        throw ShopCore.Refusal("there is no pack \"\(name)\"" + suggestion(for: name, among: builtInNames) + "; a folder is given by its path, for example ./\(name)")
    }

    /// A folder is meant when the name has a slash, so that a folder that happens to be there cannot hide a built-in pack.
    public static func isFolder(_ name: String) -> Bool { name.contains("/") || name == "." || name == ".." }
}
