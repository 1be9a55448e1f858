import Base

/// The script elements that watch a page in the browser, and the text by which a page is known to have them already.
public struct Snippet: Sendable, Equatable {
    public enum Element: Sendable, Equatable {
        /// A script from another place; the URL as it stands in `src`.
        case external(String)
        /// JavaScript text; must not contain `</script`.
        case inline(String)
        /// HTML as somebody wrote it; its script elements get the nonce unless they have one.
        case html(String)
    }

    public var elements: [Element]
    /// A page whose head contains this text is left as it is.
    public var marker: String

    public init(_ elements: [Element], marker: String) {
        self.elements = elements
        self.marker = marker
    }

    /// Inserts nothing.
    public static let off = Snippet([], marker: "")

    public var isEmpty: Bool { elements.isEmpty }

    /// The HTML to insert.
    ///
    /// - Parameter nonce: Of the response's content security policy; becomes an attribute of each script element.
    public func html(nonce: String? = nil) -> [UInt8] {
        let attribute = nonce.map { " nonce=\"\(ScriptText.escapedAttribute($0))\"" } ?? ""
        var out: [UInt8] = []
        for element in elements {
            switch element {
            case .external(let url): out.append("<script\(attribute) src=\"\(ScriptText.escapedAttribute(url))\"></script>\n")
            case .inline(let code): out.append("<script\(attribute)>\n\(code)\n</script>\n")
            case .html(let text): out.append(Self.adding(attribute, toScriptsOf: text))
            }
        }
        return out
    }

    private static func adding(_ attribute: String, toScriptsOf html: String) -> String {
        if attribute.isEmpty { return html }
        // Only start tags at whose end of name a blank or ">" stands; a tag that has a nonce keeps it.
        return html.replacing(/(?i)<script(?<rest>(?:\s[^>]*)?)>/) { match in
            match.rest.lowercased().contains("nonce") ? String(match.0) : "<script\(attribute)\(match.rest)>"
        }
    }
}
