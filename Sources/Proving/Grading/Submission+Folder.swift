import Base
import Packs
import Storefront

extension Submission {
    /// What a folder hands in. In a copy of the whole pack that is what differs from it; a folder without `pack.json` holds nothing else.
    ///
    /// Wirings stand in `services/NAME.json`, or in `NAME.json` as `shophost source NAME > NAME.json` writes them; views in
    /// `views/NAME.mustache`.
    public init(_ files: PackFiles, of shipped: Pack) {
        self.init()
        let isCopy = files.contents["pack.json"] != nil
        for (path, text) in files.contents.sorted(by: { $0.key < $1.key }) {
            let original = shipped.files.contents[path]
            if isCopy, text == original { continue }
            let file = files.displayPath(path)
            if let name = Self.service(path, of: shipped) {
                if isCopy, Self.meansTheSame(text, original) { continue }
                services.append(Service(name, [Version(text: String(decoding: text, as: UTF8.self))], file: file))
            } else if path.hasPrefix("views/"), path.hasSuffix(".mustache") {
                views.append(View(String(path.dropFirst("views/".count).dropLast(".mustache".count)), String(decoding: text, as: UTF8.self)))
            } else if original != nil, text != original {
                filesWithoutEffect.append(path)
            } else if original == nil, Self.packFolders.contains(where: path.hasPrefix) {
                filesWithoutEffect.append(path)
            }
        }
    }

    private static let packFolders = ["checks/", "data/", "probes/"]

    private static func service(_ path: String, of shipped: Pack) -> String? {
        guard path.hasSuffix(".json") else { return nil }
        if path.hasPrefix("services/") { return String(path.dropFirst("services/".count).dropLast(".json".count)) }
        let name = String(path.dropLast(".json".count))
        return shipped.services.contains(name) ? name : nil
    }

    /// The same data in other lines.
    private static func meansTheSame(_ text: [UInt8], _ original: [UInt8]?) -> Bool {
        guard let original, let left = try? Value.parse(json: text), let right = try? Value.parse(json: original) else { return false }
        return left == right
    }
}
