import Base

/// Finds the hidden fields of a form on a page.
enum HiddenFields {
    /// A list of `{name, value}` in the order of the page; nil when the page has no form with this id.
    static func find(form id: String, in body: [UInt8]) -> Value? {
        guard let inside = formText(id, body) else { return nil }
        let fields = inside.split(separator: "<input").dropFirst().compactMap { field(String($0.prefix { $0 != ">" })) }
        return .list(fields)
    }

    /// From the form's own tag to its end.
    private static func formText(_ id: String, _ body: [UInt8]) -> String? {
        body.withUnsafeBufferPointer { bytes in
            guard let place = ByteSearch.find(Array(" id=\"\(id)\"".utf8), in: bytes, from: 0) else { return nil }
            let end = ByteSearch.find(Array("</form".utf8), in: bytes, from: place) ?? bytes.count
            return String(decoding: bytes[place..<end], as: UTF8.self)
        }
    }

    private static func field(_ tag: String) -> Value? {
        guard attribute("type", tag)?.lowercased() == "hidden", let name = attribute("name", tag) else { return nil }
        return .object(["name": .string(name), "value": .string(attribute("value", tag) ?? "")])
    }

    private static func attribute(_ name: String, _ tag: String) -> String? {
        for quote in ["\"", "'"] {
            guard let start = tag.firstRange(of: " \(name)=\(quote)")?.upperBound else { continue }
            return HTMLText.decode(String(tag[start...].prefix { String($0) != quote }))
        }
        return nil
    }
}
