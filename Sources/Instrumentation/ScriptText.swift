import Base

/// Values on their way into script elements.
enum ScriptText {
    /// A JavaScript string in single quotes that can neither end the string nor the script element around it.
    static func quoted(_ text: String) -> String { "'" + escaped(text) + "'" }

    /// The inside of a JavaScript string in either kind of quotes.
    ///
    /// `<` is escaped because `</script` and `<!--` have a meaning to the HTML parser inside scripts; U+2028 and U+2029 end lines in older
    /// JavaScript; the backquote keeps the text safe in template literals as well.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "'", "\"", "`", "$", "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..<" ", "\u{7f}": out += hexadecimal(scalar)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func hexadecimal(_ scalar: UnicodeScalar) -> String {
        var bytes: [UInt8] = []
        bytes.append("\\u" as StaticString)
        bytes.append(hex: UInt64(scalar.value), width: 4)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func escapedAttribute(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            switch character {
            case "&": out += "&amp;"
            case "\"": out += "&quot;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.append(character)
            }
        }
    }
}
