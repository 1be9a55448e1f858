import Base

/// Takes a line template apart.
struct LogFormatCompiler {
    private let bytes: [UInt8]
    private let facts: Set<String>
    private var index = 0
    private var pieces: [LogFormat.Piece] = []
    private var literal: [UInt8] = []
    private(set) var factNames: [String] = []
    private(set) var mistakes: [LogFormat.Mistake] = []

    init(template: String, facts: Set<String>) {
        bytes = Array(template.utf8)
        self.facts = facts
    }

    mutating func compile() -> [LogFormat.Piece] {
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{") {
                literal.append(UInt8(ascii: "{"))
                index += 2
            } else if startsPlaceholder {
                placeholder()
            } else {
                literal.append(bytes[index])
                index += 1
            }
        }
        flushLiteral()
        return pieces
    }

    private var startsPlaceholder: Bool {
        guard bytes[index] == UInt8(ascii: "{"), index + 1 < bytes.count else { return false }
        return (97...122).contains(bytes[index + 1] | 0x20)
    }

    private mutating func flushLiteral() {
        guard !literal.isEmpty else { return }
        pieces.append(LogFormat.Piece(source: .literal(literal)))
        literal = []
    }

    private mutating func placeholder() {
        let start = index
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
            mistakes.append(LogFormat.Mistake(offset: start, description: "this placeholder has no closing brace"))
            index = bytes.count
            return
        }
        let parts = String(decoding: bytes[(start + 1)..<end], as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
        index = end + 1
        let head = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(head[0])
        let option = head.count > 1 ? String(head[1]) : nil
        flushLiteral()
        guard let source = source(name, option: option, at: start) else { return }
        pieces.append(LogFormat.Piece(source: source, filters: parts.dropFirst().compactMap { filter($0, at: start) }))
    }

    private mutating func filter(_ text: Substring, at offset: Int) -> LogFormat.Filter? {
        if text == "json" { return .json }
        if let width = Int(text.dropFirst()), (1...200).contains(width) {
            if text.first == "<" { return .left(width) }
            if text.first == ">" { return .right(width) }
        }
        if text.hasPrefix("then:") { return .then(Array(text.dropFirst(5).utf8)) }
        if text.hasPrefix("member:") {
            var name: [UInt8] = []
            JSONStyle.compact.writeString(String(text.dropFirst(7)), into: &name)
            return .member(name + [UInt8(ascii: ":")])
        }
        mistakes.append(
            LogFormat.Mistake(
                offset: offset,
                description: "unknown filter \"\(text)\"; known: json, <8 and >8 with a width of 1 to 200, then:TEXT, member:NAME"))
        return nil
    }

    private mutating func source(_ name: String, option: String?, at offset: Int) -> LogFormat.Source? {
        switch (name, option) {
        case ("time", nil): return .time(TimePart.iso8601)
        case ("time", let format?):
            if let parts = TimePart.parse(format) { return .time(parts) }
            mistakes.append(
                LogFormat.Mistake(offset: offset, description: "unknown letter in \"\(format)\"; known after %: Y m d H M S L f N F b a s %"))
            return nil
        case ("level", nil): return .level(.lower)
        case ("level", "upper"): return .level(.upper)
        case ("level", "letter"): return .level(.letter)
        case ("level", "python"): return .level(.python)
        case ("level", "index"): return .level(.index)
        case ("trace_id", "low"): return .lowHexTrace
        case ("fields", "json"): return .fields(.allJSON)
        case ("fields", "logfmt"): return .fields(.allLogfmt)
        case (_, "json") where name.hasPrefix("fields."): return .fields(.oneJSON(String(name.dropFirst(7))))
        case ("dd.trace_id", "hex"): return .hexTraceOrZero
        case (_, let option?):
            mistakes.append(LogFormat.Mistake(offset: offset, description: "\"\(name)\" has no option \"\(option)\""))
            return nil
        default: return plainSource(name, at: offset)
        }
    }

    private mutating func plainSource(_ name: String, at offset: Int) -> LogFormat.Source? {
        switch name {
        case "message": return .message
        case "logger": return .logger
        case "file": return .file
        case "line": return .line
        case "pid": return .processID
        case "service", "dd.service": return .service
        case "env", "dd.env": return .environment
        case "version", "dd.version": return .version
        case "dd.trace_id": return .decimalTrace
        case "dd.span_id": return .decimalSpan
        case "trace_id": return .hexTrace
        case "span_id": return .hexSpan
        case "fields":
            mistakes.append(LogFormat.Mistake(offset: offset, description: "say how: fields:json, fields:logfmt or fields.NAME"))
            return nil
        case _ where name.hasPrefix("fields."): return .fields(.one(String(name.dropFirst(7))))
        case _ where facts.contains(name):
            factNames.append(name)
            return .fact(factNames.count - 1)
        default:
            let hint = suggestion(for: name, among: LogFormat.builtInNames.union(facts))
            mistakes.append(LogFormat.Mistake(offset: offset, description: "no field named \"\(name)\"\(hint)"))
            return nil
        }
    }
}
