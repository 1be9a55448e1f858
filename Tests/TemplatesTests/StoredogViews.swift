import Base
import Foundation
import Templates
import Testing

/// The pack's views and the example models beside this file. A model `orders/edit.empty.json` is another example for `orders/edit`.
struct StoredogViews {
    struct Model: Sendable {
        var name: String
        var view: String
        var data: Value
    }

    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let views = tests.appending(path: "../../Packs/storedog/views").standardizedFileURL

    /// Paths below a folder without their extension, sorted.
    static func paths(in folder: URL, ext: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("." + ext) }.map { String($0.dropLast(ext.count + 1)) }.sorted()
    }

    /// The healthy views, or those with a variant's files in the place of the healthy ones.
    static func set(variant: String? = nil) throws -> TemplateSet {
        let all = try paths(in: views, ext: "mustache")
        let healthy = try all.filter { !$0.hasPrefix("variants/") }.map { try source(name: $0, path: $0) }
        guard let variant else { return try TemplateSet(sources: healthy) }
        let folder = "variants/\(variant)/"
        let changed = try all.filter { $0.hasPrefix(folder) }.map { try source(name: String($0.dropFirst(folder.count)), path: $0) }
        return try TemplateSet(sources: healthy + changed)
    }

    private static func source(name: String, path: String) throws -> TemplateSet.Source {
        let text = try Data(contentsOf: views.appending(path: path + ".mustache"))
        // A variant is shown under the name that it replaces.
        return .init(name: name, file: "views/\(name).mustache", text: Array(text))
    }

    static func models() throws -> [Model] {
        let folder = tests.appending(path: "Models")
        return try paths(in: folder, ext: "json").map { path in
            let bytes = try Data(contentsOf: folder.appending(path: path + ".json"))
            return Model(name: path, view: path.split(separator: ".").first.map(String.init)!, data: try Value.parse(json: bytes))
        }
    }

    static func model(_ name: String) throws -> Value {
        try #require(models().first { $0.name == name }).data
    }

    /// Pages with a `layout.content` are rendered inside the layout, the others alone.
    static func render(_ model: Model, in set: TemplateSet) throws -> String {
        let isPage = model.data["layout"]?["content"] != nil
        return String(decoding: try set.render(isPage ? "layouts/application" : model.view, with: model.data), as: UTF8.self)
    }
}
