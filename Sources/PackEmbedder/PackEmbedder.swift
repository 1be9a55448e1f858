import Foundation

/// Writes the files of a folder as Swift source, so that the program carries its packs inside.
///
/// Usage: `PackEmbedder <folder> <output.swift>`. Text becomes raw string literals, everything else base64.
@main struct PackEmbedder {
    static func main() throws {
        let folder = CommandLine.arguments[1]
        var out = "// Made from the folder Packs by PackEmbedder.\nlet embeddedFiles: [(path: String, text: StaticString, isBase64: Bool)] = [\n"
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
            let full = folder + "/" + path
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory), !isDirectory.boolValue, !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }),
                let data = FileManager.default.contents(atPath: full)
            else { continue }
            let text = String(validating: data, as: UTF8.self).flatMap { isPlain($0) ? $0 : nil }
            let literal = text.map { "####\"\"\"\n\($0)\n\"\"\"####" } ?? "\"\(data.base64EncodedString())\""
            out += "    (####\"\(path)\"####, \(literal), \(text == nil)),\n"
        }
        out += "]\n"
        try out.write(toFile: CommandLine.arguments[2], atomically: true, encoding: .utf8)
    }

    /// A multi-line literal keeps the text exactly only without carriage returns, null characters and its own delimiter.
    private static func isPlain(_ text: String) -> Bool {
        !text.utf8.contains(13) && !text.utf8.contains(0) && !text.contains("\"\"\"####") && !text.contains("\\####")
    }
}
