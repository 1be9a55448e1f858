import Base

/// Text with `{{ NAME }}` places.
enum Template {
    /// Replaces every place by what `value` gives for the name between the braces, spaces around it left out.
    ///
    /// Braces that hold another brace or are never closed stay as they are: JSON bodies have such.
    static func fill(_ text: String, _ value: (String) -> String) -> String {
        guard text.containsBytes(of: "{{") else { return text }
        var out = ""
        // Bytes, not characters: each request of each check has a dozen such texts.
        var rest = text[...].utf8
        while let open = opening(in: rest) {
            let inside = rest[rest.index(open, offsetBy: 2)...]
            guard let end = inside.firstIndex(where: { $0 == Self.open || $0 == close }) else { break }
            guard inside[end] == close, inside[inside.index(after: end)...].first == close else {
                let resume = inside[end] == Self.open ? rest.index(after: open) : inside.index(after: end)
                out += Substring(rest[..<resume])
                rest = rest[resume...]
                continue
            }
            out += Substring(rest[..<open])
            out += value(String(Substring(inside[..<end]).trimmingWhitespace()))
            rest = inside[inside.index(end, offsetBy: 2)...]
        }
        return out + Substring(rest)
    }

    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    /// Where two opening braces stand first.
    private static func opening(in text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        var rest = text
        while let first = rest.firstIndex(of: open) {
            rest = rest[rest.index(after: first)...]
            if rest.first == open { return first }
        }
        return nil
    }

    static func names(in text: String) -> [String] {
        var names: [String] = []
        _ = fill(text) {
            names.append($0); return ""
        }
        return names
    }

    static func hasPlaces(_ text: String) -> Bool { !names(in: text).isEmpty }
}
