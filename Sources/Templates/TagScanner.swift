import Base

/// Finds tags in a template's text, one after the other, and keeps the delimiters and the line count.
struct TagScanner {
    let bytes: [UInt8]
    let file: String
    /// Behind the last tag found.
    private(set) var index = 0
    private var line = 1
    private var lineStart = 0
    /// Up to where lines are counted.
    private var counted = 0
    private var opening: [UInt8] = [UInt8]("{{".utf8)
    private var closing: [UInt8] = [UInt8]("}}".utf8)

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The next tag; nil when only text is left. A delimiter tag has changed the delimiters already.
    mutating func next() throws(Problem) -> TemplateTag? {
        guard let start = find(opening, from: index) else { return nil }
        let location = location(at: start)
        var contentStart = start + opening.count
        var kind = TemplateTag.Kind.variable(isRaw: false)
        var ending = closing
        if contentStart < bytes.count, let found = TemplateTag.Kind(sigil: bytes[contentStart]) {
            kind = found
            if bytes[contentStart] == UInt8(ascii: "{") { ending.insert(UInt8(ascii: "}"), at: 0) }
            if case .delimiters = found { ending.insert(UInt8(ascii: "="), at: 0) }
            contentStart += 1
        }
        guard let contentEnd = find(ending, from: contentStart) else {
            throw Problem("this tag is not closed; expected \"\(String(decoding: ending, as: UTF8.self))\"", at: location)
        }
        index = contentEnd + ending.count
        if case .partial = kind, let star = bytes[contentStart..<contentEnd].firstIndex(where: { !isSpace($0) }), bytes[star] == UInt8(ascii: "*") {
            kind = .dynamicPartial
            contentStart = star + 1
        }
        let tag = TemplateTag(
            kind: kind, content: trimmed(contentStart..<contentEnd), location: location, range: start..<index)
        if case .delimiters = kind { try setDelimiters(tag) }
        return tag
    }

    /// The line that a tag takes with it when it stands alone: only blanks before and behind it.
    ///
    /// - Returns: From the first blank of the line to behind its line break, or nil when something else is on the line.
    func standaloneLine(of tag: TemplateTag) -> Range<Int>? {
        guard tag.mayStandAlone else { return nil }
        var first = tag.range.lowerBound
        while first > 0, isBlank(bytes[first - 1]) { first -= 1 }
        guard first == 0 || bytes[first - 1] == UInt8(ascii: "\n") else { return nil }
        var end = tag.range.upperBound
        while end < bytes.count, isBlank(bytes[end]) { end += 1 }
        if end == bytes.count { return first..<end }
        if bytes[end] == UInt8(ascii: "\n") { return first..<(end + 1) }
        if bytes[end...].starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")]) { return first..<(end + 2) }
        return nil
    }

    private mutating func setDelimiters(_ tag: TemplateTag) throws(Problem) {
        let parts = tag.content.utf8.split(whereSeparator: isSpace)
        guard parts.count == 2, !tag.content.utf8.contains(UInt8(ascii: "=")) else {
            throw Problem("new delimiters are two words without \"=\", for example {{=<% %>=}}", at: tag.location)
        }
        opening = Array(parts[0])
        closing = Array(parts[1])
    }

    private mutating func location(at position: Int) -> SourceLocation {
        while counted < position {
            if bytes[counted] == UInt8(ascii: "\n") { line += 1; lineStart = counted + 1 }
            counted += 1
        }
        return SourceLocation(file: file, line: line, column: position - lineStart + 1)
    }

    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        var position = start
        while position <= bytes.count - pattern.count {
            if bytes[position] == pattern[0], bytes[position...].starts(with: pattern) { return position }
            position += 1
        }
        return nil
    }

    private func trimmed(_ range: Range<Int>) -> String {
        var slice = bytes[range]
        while let first = slice.first, isSpace(first) { slice.removeFirst() }
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        return String(decoding: slice, as: UTF8.self)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func isSpace(_ byte: UInt8) -> Bool { isBlank(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
