import Base

/// What a template is made of after parsing.
enum TemplateNode: Sendable {
    case text([UInt8])
    case variable(TemplateName, isRaw: Bool)
    case section(TemplateName, [TemplateNode])
    case inverted(TemplateName, [TemplateNode])
    /// The indentation of a partial on a line of its own; nil inside a line, where nothing is indented.
    case partial(TemplateName, indentation: [UInt8]?)
    /// The partial is the one that the name's value names.
    case dynamicPartial(TemplateName, indentation: [UInt8]?)
}

/// A name in a tag, split at its dots once.
struct TemplateName: Sendable {
    var text: String
    /// Empty for `.`, the current context. For a static partial the whole name is one part.
    var parts: [String]
    var location: SourceLocation
}
