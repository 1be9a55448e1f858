import Base
import Foundation
import Handlers
import Packs
import Storefront

@testable import Proving

/// The pack in the folder `Kiosk`, as it is or with some files changed.
enum KioskPack {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Kiosk").path

    /// - Parameter changes: By path: what to replace in the file's text, and by what.
    static func prepared(_ changes: [String: [(String, String)]] = [:], files: [String: String] = [:]) throws -> PreparedPack {
        var contents = try PackFiles.read(directory: folder).contents
        for (path, text) in files { contents[path] = Array(text.utf8) }
        for (path, replacements) in changes {
            var text = String(decoding: contents[path] ?? [], as: UTF8.self)
            for (old, new) in replacements {
                guard text.contains(old) else { throw Missing(text: old, path: path) }
                text = text.replacing(old, with: new)
            }
            contents[path] = Array(text.utf8)
        }
        return try PreparedPack(PackFiles(origin: "Kiosk", contents: contents), handlers: .builtIn)
    }

    struct Missing: Error {
        var text: String
        var path: String
    }

    /// The proof of a fault that is the only one of the pack.
    static func proof(ofFault definition: String, _ changes: [String: [(String, String)]] = [:]) throws -> FaultProof {
        let faults = #"{"prices-odd": {"title": "t", "shows": "s", "fix": "f", \#(definition)}}"#
        let states = #"{"odd": {"title": "t", "aliases": ["broken"], "faults": ["prices-odd"]}, "fixed": {"title": "t"}}"#
        let prepared = try prepared(changes, files: ["faults.json": faults, "states.json": states])
        return try Prover(prepared: prepared).prove(prepared.pack.faults[0])
    }
}
