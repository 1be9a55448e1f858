import Base

/// Builds the tree of a template from its tags.
struct TemplateParser {
    /// Rendering nests a call per level, so deeper templates are refused instead of overflowing the stack.
    static let depthLimit = 100

    private struct OpenSection {
        var name: TemplateName
        var isInverted: Bool
        /// What stood before the section on its own level.
        var outer: [TemplateNode]
    }

    private var scanner: TagScanner
    private var open: [OpenSection] = []
    /// The level that is being filled.
    private var nodes: [TemplateNode] = []

    init(bytes: [UInt8], file: String) {
        scanner = TagScanner(bytes: bytes, file: file)
    }

    mutating func parse() throws(Problem) -> [TemplateNode] {
        var textStart = 0
        while let tag = try scanner.next() {
            let line = scanner.standaloneLine(of: tag)
            let removed = line ?? tag.range
            appendText(textStart..<removed.lowerBound)
            textStart = removed.upperBound
            let indentation = line.map { Array(scanner.bytes[$0.lowerBound..<tag.range.lowerBound]) }
            try append(tag, indentation: indentation)
        }
        appendText(textStart..<scanner.bytes.count)
        if let section = open.last {
            throw Problem("the section \"\(section.name.text)\" is never closed; expected {{/\(section.name.text)}}", at: section.name.location)
        }
        return nodes
    }

    private mutating func appendText(_ range: Range<Int>) {
        if !range.isEmpty { nodes.append(.text(Array(scanner.bytes[range]))) }
    }

    private mutating func append(_ tag: TemplateTag, indentation: [UInt8]?) throws(Problem) {
        switch tag.kind {
        case .variable(let isRaw): nodes.append(.variable(try name(of: tag), isRaw: isRaw))
        case .section: try openSection(tag, isInverted: false)
        case .inverted: try openSection(tag, isInverted: true)
        case .end: try closeSection(tag)
        case .partial: nodes.append(.partial(try partialName(of: tag), indentation: indentation))
        case .dynamicPartial: nodes.append(.dynamicPartial(try name(of: tag), indentation: indentation))
        case .comment, .delimiters: break
        }
    }

    private mutating func openSection(_ tag: TemplateTag, isInverted: Bool) throws(Problem) {
        if open.count == Self.depthLimit { throw Problem("sections are nested deeper than \(Self.depthLimit) levels", at: tag.location) }
        open.append(OpenSection(name: try name(of: tag), isInverted: isInverted, outer: nodes))
        nodes = []
    }

    private mutating func closeSection(_ tag: TemplateTag) throws(Problem) {
        guard let section = open.popLast() else {
            throw Problem("{{/\(tag.content)}} closes a section that was not opened", at: tag.location)
        }
        guard section.name.text == tag.content else {
            throw Problem(
                "{{/\(tag.content)}} stands where {{/\(section.name.text)}} is expected, for the section of line \(section.name.location.line)",
                at: tag.location)
        }
        let inner = nodes
        nodes = section.outer
        nodes.append(section.isInverted ? .inverted(section.name, inner) : .section(section.name, inner))
    }

    private func partialName(of tag: TemplateTag) throws(Problem) -> TemplateName {
        try checkName(tag)
        return TemplateName(text: tag.content, parts: [tag.content], location: tag.location)
    }

    private func name(of tag: TemplateTag) throws(Problem) -> TemplateName {
        try checkName(tag)
        if tag.content == "." { return TemplateName(text: ".", parts: [], location: tag.location) }
        let parts = tag.content.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.contains("") { throw Problem("\"\(tag.content)\" has an empty part; names look like order.number", at: tag.location) }
        return TemplateName(text: tag.content, parts: parts, location: tag.location)
    }

    private func checkName(_ tag: TemplateTag) throws(Problem) {
        if tag.content.isEmpty { throw Problem("this tag has no name", at: tag.location) }
        if tag.content.utf8.contains(where: { $0 <= 0x20 }) {
            throw Problem("the name \"\(tag.content)\" contains a space or a line break", at: tag.location)
        }
    }
}
