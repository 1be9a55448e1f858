/// An XML element that is written with two spaces of indentation a level; an element holds text or elements, not both.
struct XMLElement {
    var name: String
    var attributes: [(String, String)] = []
    var children: [XMLElement] = []
    var text = ""

    func lines(indent: String = "") -> [String] {
        let opening = "\(indent)<\(name)" + attributes.map { " \($0)=\"\(Self.escaped($1, inAttribute: true))\"" }.joined()
        if !children.isEmpty { return ["\(opening)>"] + children.flatMap { $0.lines(indent: indent + "  ") } + ["\(indent)</\(name)>"] }
        return [text.isEmpty ? "\(opening)/>" : "\(opening)>\(Self.escaped(text, inAttribute: false))</\(name)>"]
    }

    var document: String {
        #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n" + lines().joined(separator: "\n") + "\n"
    }

    /// XML 1.0 text: markup escaped, characters that XML cannot hold replaced. In attributes line breaks and tabs are escaped as well: a
    /// reader would turn them into spaces.
    static func escaped(_ text: String, inAttribute: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"" where inAttribute: out += "&quot;"
            case "\r": out += "&#xD;"
            case "\n" where inAttribute: out += "&#xA;"
            case "\t" where inAttribute: out += "&#x9;"
            case "\t", "\n": out.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{fffe}", "\u{ffff}": out += "\u{fffd}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
