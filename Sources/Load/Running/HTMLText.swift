/// Character references of HTML, as far as pages need them in attributes and short texts.
enum HTMLText {
    private static let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}"]
    /// Longest reference that is looked for, `&#x10FFFF;`.
    private static let longest = 10

    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            out += rest[..<start]
            let inside = rest[rest.index(after: start)...]
            if let end = inside.prefix(longest).firstIndex(of: ";"), let character = character(inside[..<end]) {
                out += character
                rest = inside[inside.index(after: end)...]
            } else {
                out += "&"
                rest = inside
            }
        }
        return out + rest
    }

    private static func character(_ name: Substring) -> String? {
        guard name.hasPrefix("#") else { return named[String(name)] }
        let digits = name.dropFirst()
        let code = digits.hasPrefix("x") || digits.hasPrefix("X") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(UnicodeScalar.init).map { String(Character($0)) }
    }
}
