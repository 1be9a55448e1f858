import Base

/// One view: Mustache text, parsed once and rendered often.
///
/// The language is the core of the public Mustache specification: variables, sections, inverted sections, comments, partials, set
/// delimiters, and of its optional part dynamic names (`{{>*name}}`). In one point it is stricter: a name that no context has
/// is an error instead of an empty text, also in a section, because a misspelt name would otherwise hide a part of a page without a trace.
/// A value that may be absent is given as null, false or an empty list.
public struct Template: Sendable {
    /// As it appears in messages, for example `views/home/index.mustache`.
    public let file: String
    /// The text's lines, for showing the place of an error.
    public let lines: [String]
    let nodes: [TemplateNode]
    let sourceLength: Int

    /// Parses a template.
    ///
    /// - Parameter file: The name that error messages show.
    /// - Throws: `Problem` at the first tag that is not closed, closes what is not open, or has no name.
    public static func parse(_ text: some Sequence<UInt8>, file: String) throws(Problem) -> Template {
        let bytes = Array(text)
        var parser = TemplateParser(bytes: bytes, file: file)
        let nodes = try parser.parse()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return Template(
            file: file, lines: lines.map { String(decoding: $0, as: UTF8.self) }, nodes: nodes, sourceLength: bytes.count)
    }

    public static func parse(_ text: String, file: String) throws(Problem) -> Template {
        try parse(text.utf8, file: file)
    }

    /// The lines around an error, at most `context` before and after it.
    ///
    /// - Parameter line: Counted from 1; a number outside the file gives no lines.
    public func extract(around line: Int, context: Int = 3) -> [(number: Int, text: String)] {
        guard lines.indices.contains(line - 1) else { return [] }
        return (max(1, line - context)...min(lines.count, line + context)).map { ($0, lines[$0 - 1]) }
    }

    /// Names of all partials that are written out in the template, with their places.
    var partials: [TemplateName] { Self.partials(in: nodes) }

    private static func partials(in nodes: [TemplateNode]) -> [TemplateName] {
        nodes.flatMap { (node) -> [TemplateName] in
            switch node {
            case .partial(let name, _): return [name]
            case .section(_, let inner), .inverted(_, let inner): return partials(in: inner)
            case .text, .variable, .dynamicPartial: return []
            }
        }
    }
}
