import CPCRE2

/// A replacement by regular expression, in the two forms that datadog-ci takes: `regex|replacement` and `s/regex/replacement/flags`.
///
/// `$1` stands for a group and `$&` for the whole match. The first form and the flag `g` replace all matches, the second form without `g`
/// the first one. Flags: `g`, `i`, `m`, `s`.
public struct Substitution: Sendable {
    /// As written.
    public let text: String
    private let pattern: CheckPattern
    private let replacement: String
    private let replacesAll: Bool

    init(_ text: String) throws(CheckPatternError) {
        self.text = text
        let parts = try Self.parts(text)
        replacement = parts.replacement.replacing("$&", with: "$0")
        var options: UInt32 = 0
        var isGlobal = parts.flags == nil
        for flag in parts.flags ?? "" {
            switch flag {
            case "g": isGlobal = true
            case "i": options |= UInt32(PCRE2_CASELESS)
            case "m": options |= UInt32(PCRE2_MULTILINE)
            case "s": options |= UInt32(PCRE2_DOTALL)
            default: throw CheckPatternError(pattern: text, reason: "there is no flag \"\(flag)\"; known: g, i, m, s")
            }
        }
        replacesAll = isGlobal
        pattern = try CheckPattern(parts.regex, flags: options)
    }

    private static func parts(_ text: String) throws(CheckPatternError) -> (regex: String, replacement: String, flags: Substring?) {
        if text.hasPrefix("s/") {
            var pieces = [""]
            var isEscaped = false
            for character in text.dropFirst(2) {
                if character == "/", !isEscaped, pieces.count < 3 {
                    pieces.append("")
                } else {
                    pieces[pieces.count - 1].append(character)
                }
                isEscaped = character == "\\" && !isEscaped
            }
            if pieces.count == 3 { return (pieces[0], pieces[1].replacing("\\/", with: "/"), pieces[2][...]) }
        }
        // The last one: an expression may hold alternatives, a replacement hardly ever a bar.
        guard let bar = text.lastIndex(of: "|") else {
            throw CheckPatternError(pattern: text, reason: "expected regex|replacement or s/regex/replacement/flags")
        }
        return (String(text[..<bar]), String(text[text.index(after: bar)...]), nil)
    }

    /// - Throws: `CheckPatternError` for a group that the expression does not have, or one that takes too long.
    public func apply(to text: String) throws -> String {
        let options = UInt32(PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH) | (replacesAll ? UInt32(PCRE2_SUBSTITUTE_GLOBAL) : 0)
        let (subject, with) = (Array(text.utf8), Array(replacement.utf8))
        let context = CheckPattern.limits()
        defer { pcre2_match_context_free_8(context) }
        var length = 2 * subject.count + with.count + 256
        while true {
            var buffer = [UInt8](repeating: 0, count: length)
            // The library writes a final zero, which it does not count.
            let code = pcre2_substitute_8(
                pattern.pointer, subject, subject.count, 0, options, nil, context, with, with.count, &buffer, &length)
            if code == PCRE2_ERROR_NOMEMORY, length > buffer.count { continue }
            guard code >= 0 else { throw CheckPatternError(pattern: self.text, reason: CheckPattern.message(code)) }
            return String(decoding: buffer.prefix(length), as: UTF8.self)
        }
    }
}
