import Base
import Packs

/// The packs built into the program.
public enum EmbeddedPacks {
    public static let names: [String] = Set(embeddedFiles.filter { $0.path.hasSuffix("/pack.json") }.compactMap { $0.path.split(separator: "/").first.map(String.init) }).sorted()

    /// The files of one pack; nil when there is none of this name.
    public static func files(of name: String) -> PackFiles? {
        guard names.contains(name) else { return nil }
        var contents: [String: [UInt8]] = [:]
        for file in embeddedFiles where file.path.hasPrefix(name + "/") {
            let bytes = file.text.withUTF8Buffer { Array($0) }
            contents[String(file.path.dropFirst(name.utf8.count + 1))] = file.isBase64 ? Base64.decode(String(decoding: bytes, as: UTF8.self)) ?? [] : bytes
        }
        return PackFiles(origin: "Packs/" + name, contents: contents)
    }
}
