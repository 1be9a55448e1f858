import Base

/// Text with `{{ NAME }}` places.
enum Template {
    /// Replaces every place by what `value` gives for the name between the braces, spaces around it left out.
    ///
    /// Braces that hold another brace or are never closed stay as they are: JSON bodies have such.
    static func fill(_ text: String, _ value: (String) -> String) -> String {
        guard text.containsBytes(of: "{{") else { return text }
        var out = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            let inside = rest[open.upperBound...]
            guard let end = inside.firstIndex(where: { $0 == "{" || $0 == "}" }) else { break }
            guard inside[end...].hasPrefix("}}") else {
                let resume = inside[end] == "{" ? rest.index(after: open.lowerBound) : inside.index(after: end)
                out += rest[..<resume]
                rest = rest[resume...]
                continue
            }
            out += rest[..<open.lowerBound]
            out += value(String(inside[..<end].trimmingWhitespace()))
            rest = inside[inside.index(end, offsetBy: 2)...]
        }
        return out + rest
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
