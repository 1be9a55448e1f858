import Base
import Telemetry

/// Reads filter expressions of AWS X-Ray. `AND` binds tighter than `OR`; conditions side by side are joined by `AND`.
struct TraceFilterParser {
    private enum Token: Equatable {
        case word(String), text(String), number(Double), sign(String), json(String), end
    }

    /// Where a condition stands.
    private enum Surroundings {
        case trace
        /// In the braces of a service or an edge.
        case place
        /// In the braces of a root cause.
        case cause
    }

    private let tokens: [(token: Token, column: Int)]
    private var index = 0
    private var depth = 0
    private let groups: [XRayAccount.Group]

    private init(_ text: String, _ groups: [XRayAccount.Group]) throws(QueryError) {
        tokens = try Self.tokens(text)
        self.groups = groups
    }

    /// An empty text is a filter that every trace fits.
    ///
    /// - Parameter groups: Those that the filter may name.
    static func parse(_ text: String, groups: [XRayAccount.Group] = []) throws(QueryError) -> TraceFilter {
        var parser = try TraceFilterParser(text, groups)
        if parser.next == .end { return .all }
        let filter = try parser.alternatives(.trace)
        guard parser.next == .end else { throw parser.error("unexpected \(parser.nextText)") }
        return filter
    }

    // MARK: Tokens

    private static func tokens(_ text: String) throws(QueryError) -> [(Token, Int)] {
        let characters = Array(text)
        var tokens: [(Token, Int)] = []
        var index = 0
        while index < characters.count {
            let column = index + 1
            let character = characters[index]
            if character.isWhitespace { index += 1; continue }
            if character == "\"" {
                var content = ""
                index += 1
                while index < characters.count, characters[index] != "\"" {
                    if characters[index] == "\\", index + 1 < characters.count { index += 1 }
                    content.append(characters[index])
                    index += 1
                }
                guard index < characters.count else { throw QueryError("this quote is not closed", column: column) }
                index += 1
                tokens.append((.text(content), column))
            } else if character.isLetter || character == "_" {
                let start = index
                while index < characters.count, characters[index].isLetter || characters[index].isNumber || "_.-".contains(characters[index]) { index += 1 }
                tokens.append((.word(String(characters[start..<index])), column))
            } else if character.isNumber || character == "-" || character == "." {
                let start = index
                index += 1
                while index < characters.count, characters[index].isNumber || ".eE".contains(characters[index]) { index += 1 }
                let digits = String(characters[start..<index])
                guard let number = Double(digits), number.isFinite else { throw QueryError("\"\(digits)\" is not a number", column: column) }
                tokens.append((.number(number), column))
            } else if "!<>=".contains(character), index + 1 < characters.count, characters[index + 1] == "=" {
                tokens.append((.sign("\(character)="), column))
                index += 2
            } else if character == "#", index + 1 < characters.count, characters[index + 1] == "[" {
                let start = index + 1
                guard let end = endOfList(characters, from: start) else { throw QueryError("this list is not closed", column: column) }
                tokens.append((.json(String(characters[start...end])), column))
                index = end + 1
            } else if "!<>=(){}[],:".contains(character) {
                tokens.append((.sign(String(character)), column))
                index += 1
            } else {
                throw QueryError("unexpected \"\(character)\"", column: column)
            }
        }
        return tokens + [(.end, characters.count + 1)]
    }

    /// The place of the bracket that closes a JSON list.
    private static func endOfList(_ characters: [Character], from start: Int) -> Int? {
        var depth = 0
        var isText = false
        var index = start
        while index < characters.count {
            switch characters[index] {
            case "\\" where isText: index += 1
            case "\"": isText.toggle()
            case "[" where !isText: depth += 1
            case "]" where !isText:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }

    private var next: Token { tokens[index].token }

    private var nextText: String {
        switch next {
        case .word(let word): "\"\(word)\""
        case .text(let text): "the text \"\(text)\""
        case .number(let number): "the number \(number)"
        case .sign(let sign): "\"\(sign)\""
        case .json: "a list"
        case .end: "end"
        }
    }

    private func error(_ message: String) -> QueryError { QueryError(message, column: tokens[index].column) }

    private mutating func take(_ sign: String) -> Bool {
        guard next == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func need(_ sign: String) throws(QueryError) {
        if !take(sign) { throw error("expected \"\(sign)\", found \(nextText)") }
    }

    private func isWord(_ word: String) -> Bool { if case .word(let text) = next { text.uppercased() == word } else { false } }

    private mutating func takeWord(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        index += 1
        return true
    }

    private mutating func string() throws(QueryError) -> String {
        guard case .text(let text) = next else { throw error("expected a text in quotes, found \(nextText)") }
        index += 1
        return text
    }

    // MARK: Expressions

    private mutating func alternatives(_ inside: Surroundings) throws(QueryError) -> TraceFilter {
        var parts = [try conjunction(inside)]
        while takeWord("OR") { parts.append(try conjunction(inside)) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction(_ inside: Surroundings) throws(QueryError) -> TraceFilter {
        var parts = [try unary(inside)]
        while true {
            if takeWord("AND") { parts.append(try unary(inside)); continue }
            if next == .end || next == .sign(")") || next == .sign("}") || isWord("OR") { break }
            parts.append(try unary(inside))
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func unary(_ inside: Surroundings) throws(QueryError) -> TraceFilter {
        // A filter comes from the network; a thousand brackets must not end on the stack.
        depth += 1
        defer { depth -= 1 }
        if depth > 50 { throw error("nested too deeply") }
        if take("!") || takeWord("NOT") { return .not(try unary(inside)) }
        if take("(") {
            let inner = try alternatives(inside)
            try need(")")
            return inner
        }
        return try condition(inside)
    }

    private mutating func condition(_ inside: Surroundings) throws(QueryError) -> TraceFilter {
        guard case .word(let written) = next else { throw error("expected a condition, found \(nextText)") }
        let word = written.lowercased()
        let place = tokens[index].column
        if word.hasPrefix("annotation.") || word == "annotation" {
            if inside != .trace { throw error("annotations are of the whole trace; they cannot stand in braces") }
            index += 1
            return try annotation(written)
        }
        if word == "service" || word == "edge" {
            if inside != .trace { throw error("\"\(word)\" cannot stand in braces") }
            index += 1
            return word == "service" ? try service() : try edge()
        }
        if word.hasPrefix("group.") || word.hasPrefix("rootcause.") {
            if inside != .trace { throw error("\"\(written)\" cannot stand in braces") }
            index += 1
            return word.hasPrefix("group.") ? try group(String(word.dropFirst(6)), place) : try rootCause(String(word.dropFirst(10)), place)
        }
        if inside == .cause, !Self.wordsOfCauses.contains(word) {
            throw error("a part of a root cause has no \"\(written)\"\(suggestion(for: word, among: Self.wordsOfCauses))")
        }
        if inside != .cause, word == "coverage" { throw error("only an entity of rootcause.responsetime has a coverage") }
        index += 1
        if let flag = TraceFilter.Flag(rawValue: word) { return try self.flag(flag) }
        if let number = TraceFilter.Number(rawValue: word) { return .number(number, try comparison(), try self.number()) }
        if let text = TraceFilter.Text(rawValue: word) { return .text(text, try textTest()) }
        let known = TraceFilter.Flag.allCases.map(\.rawValue) + TraceFilter.Number.allCases.map(\.rawValue) + TraceFilter.Text.allCases.map(\.rawValue) 
            + ["annotation", "service", "edge", "group.name", "group.arn", "rootcause.fault.service", "rootcause.json"]
        throw QueryError("no condition is named \"\(written)\"\(suggestion(for: word, among: known))", column: place)
    }

    private static let wordsOfCauses = ["first", "last", "root", "remote", "inferred", "index", "coverage", "name", "type", "message"]

    /// Behind `group.`.
    private mutating func group(_ member: String, _ place: Int) throws(QueryError) -> TraceFilter {
        guard member == "name" || member == "arn" else { throw QueryError("a group has a name and an arn", column: place) }
        let isEqual = take("=")
        if !isEqual { try need("!=") }
        let column = tokens[index].column
        let text = try string()
        let name = member == "arn" ? XRayAccount.Group.name(inARN: text) : text
        let filter: TraceFilter
        if name == XRayAccount.Group.defaultName {
            filter = .all
        } else if let group = groups.first(where: { $0.name == name }) {
            filter = .and([.arrivedSince(group.created), try Self.parse(group.filter)])
        } else {
            throw QueryError("there is no group \"\(text)\"\(suggestion(for: name, among: groups.map(\.name)))", column: column)
        }
        return isEqual ? filter : .not(filter)
    }

    /// Behind `rootcause.`: `json = #[...]`, or a kind and a part with conditions in braces.
    private mutating func rootCause(_ words: String, _ place: Int) throws(QueryError) -> TraceFilter {
        if words == "json" {
            try need("=")
            guard case .json(let text) = next, let causes = (try? Value.parse(json: text.utf8))?.elements else { throw error("expected a list, #[...], of root causes in JSON") }
            index += 1
            return .rootCauses(causes)
        }
        let parts = words.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let kind = TraceFilter.CauseKind(rawValue: parts[0]), let part = TraceFilter.CausePart(rawValue: parts[1]),
            kind != .responseTime || part != .exception
        else { throw QueryError("root causes are \(Self.causes.joined(separator: ", ")) and json", column: place) }
        return .rootCause(kind, part, try braces(.cause))
    }

    private static let causes = TraceFilter.CauseKind.allCases.flatMap { kind in
        TraceFilter.CausePart.allCases.filter { kind != .responseTime || $0 != .exception }.map { "\(kind.rawValue).\($0.rawValue)" }
    }

    /// Bare, or compared with true or false.
    private mutating func flag(_ flag: TraceFilter.Flag) throws(QueryError) -> TraceFilter {
        let isUnequal = next == .sign("!=")
        guard take("=") || take("!=") else { return .flag(flag) }
        guard let value = takeBoolean() else { throw error("expected true or false, found \(nextText)") }
        return value != isUnequal ? .flag(flag) : .not(.flag(flag))
    }

    private mutating func takeBoolean() -> Bool? {
        if takeWord("TRUE") { return true }
        return takeWord("FALSE") ? false : nil
    }

    private mutating func comparison() throws(QueryError) -> TraceFilter.Comparison {
        guard case .sign(let sign) = next, let comparison = TraceFilter.Comparison(rawValue: sign) else { throw error("expected a comparison, found \(nextText)") }
        index += 1
        return comparison
    }

    private mutating func number() throws(QueryError) -> Double {
        guard case .number(let number) = next else { throw error("expected a number, found \(nextText)") }
        index += 1
        return number
    }

    private mutating func textTest() throws(QueryError) -> TraceFilter.TextTest {
        if take("=") { return .equals(try string()) }
        if take("!=") { return .differs(try string()) }
        if takeWord("CONTAINS") { return .contains(try string()) }
        if takeWord("BEGINSWITH") { return .begins(try string()) }
        if takeWord("ENDSWITH") { return .ends(try string()) }
        throw error("expected =, !=, CONTAINS, BEGINSWITH or ENDSWITH, found \(nextText)")
    }

    /// `annotation.key` or `annotation[key]`.
    private mutating func annotation(_ written: String) throws(QueryError) -> TraceFilter {
        var key = String(written.dropFirst("annotation.".count))
        if written.count == "annotation".count {
            try need("[")
            if case .word(let word) = next { key = word } else if case .text(let text) = next { key = text } else { throw error("expected a key, found \(nextText)") }
            index += 1
            try need("]")
        }
        if key.isEmpty { throw error("expected the key of an annotation") }
        switch next {
        case .sign("="), .sign("!="), .sign("<"), .sign("<="), .sign(">"), .sign(">="):
            let following = tokens[min(index + 1, tokens.count - 1)].token
            if case .number = following { return .annotation(key, .number(try comparison(), try number())) }
            let isUnequal = next == .sign("!=")
            if case .word = following {
                guard take("=") || take("!="), let value = takeBoolean() else { throw error("expected a value, found \(nextText)") }
                return .annotation(key, .flag(value != isUnequal))
            }
            return .annotation(key, .text(try textTest()))
        default:
            if isWord("CONTAINS") || isWord("BEGINSWITH") || isWord("ENDSWITH") { return .annotation(key, .text(try textTest())) }
            return .annotation(key, .exists)
        }
    }

    private mutating func service() throws(QueryError) -> TraceFilter {
        try need("(")
        let place = next == .sign(")") ? TraceFilter.Place() : try self.place()
        try need(")")
        return .service(place, try braces(.place))
    }

    private mutating func edge() throws(QueryError) -> TraceFilter {
        try need("(")
        let from = try place()
        try need(",")
        let to = try place()
        try need(")")
        return .edge(from, to, try braces(.place))
    }

    /// A name, or `id(name: "n", type: "t")`.
    private mutating func place() throws(QueryError) -> TraceFilter.Place {
        guard takeWord("ID") else { return TraceFilter.Place(name: try string()) }
        try need("(")
        var place = TraceFilter.Place()
        repeat {
            guard case .word(let word) = next else { throw error("expected name or type, found \(nextText)") }
            index += 1
            try need(":")
            let value = try string()
            switch word.lowercased() {
            case "name": place.name = value
            case "type": place.type = value
            // One shop is one account.
            case "account.id": break
            default: throw error("a place has no \"\(word)\"\(suggestion(for: word, among: ["name", "type", "account.id"]))")
            }
        } while take(",")
        try need(")")
        return place
    }

    private mutating func braces(_ inside: Surroundings) throws(QueryError) -> TraceFilter {
        guard take("{") else { return .all }
        if take("}") { return .all }
        let inner = try alternatives(inside)
        try need("}")
        return inner
    }
}
