import CLibXML2

/// A parsed HTML or XML body (libxml2). Nothing is loaded from elsewhere and entities are not expanded.
// @unchecked Sendable: one check parses it, asks it and lets it go, on one loop.
final class MarkupDocument: @unchecked Sendable {
    let pointer: xmlDocPtr

    /// The library's own initialisation must happen once and before any other call.
    private static let isInitialised: Void = xmlInitParser()

    /// Reads XML when the content type or the first bytes say so, and otherwise HTML, forgiving as browsers are.
    ///
    /// - Throws: `ExpressionError` for XML that is not well-formed, and for an empty body.
    init(_ body: [UInt8], contentType: String?) throws(ExpressionError) {
        _ = Self.isInitialised
        let isXML = Self.isXML(body, contentType)
        guard let size = Int32(exactly: body.count), size > 0 else { throw ExpressionError(reason: "The body is empty") }
        let parsed = body.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            return isXML ? Self.readXML(start, size) : Self.readHTML(start, size, encoding: Self.encoding(of: body, contentType))
        }
        guard let parsed else { throw ExpressionError(reason: "The body is not \(isXML ? "XML: " + Self.lastWords : "HTML")") }
        pointer = parsed
    }

    deinit { xmlFreeDoc(pointer) }

    private static func isXML(_ body: [UInt8], _ contentType: String?) -> Bool {
        let type = contentType?.prefix { $0 != ";" }.lowercased() ?? ""
        // XHTML as HTML, so that //h1 finds headings without a namespace prefix.
        if type.contains("html") { return false }
        let start = body.prefix(64).drop { $0 <= 0x20 || [0xef, 0xbb, 0xbf].contains($0) }
        return type.hasSuffix("/xml") || type.hasSuffix("+xml") || start.starts(with: "<?xml".utf8)
    }

    /// What the header names; otherwise UTF-8 when it is, because the library would take it for ISO 8859-1.
    private static func encoding(of body: [UInt8], _ contentType: String?) -> String? {
        let parts = contentType?.lowercased().split(separator: ";") ?? []
        if let named = parts.map({ $0.filter { $0 != " " && $0 != "\"" } }).first(where: { $0.hasPrefix("charset=") }) {
            return String(named.dropFirst("charset=".count))
        }
        return String(validating: body, as: UTF8.self) == nil ? nil : "utf-8"
    }

    private static func readXML(_ start: UnsafePointer<CChar>?, _ size: Int32) -> xmlDocPtr? {
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        return xmlReadMemory(start, size, nil, nil, Int32(options))
    }

    private static func readHTML(_ start: UnsafePointer<CChar>?, _ size: Int32, encoding: String?) -> xmlDocPtr? {
        let options = HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
        // An encoding that the library does not know leaves it to find out.
        return htmlReadMemory(start, size, nil, encoding, Int32(options)) ?? htmlReadMemory(start, size, nil, nil, Int32(options))
    }

    private static var lastWords: String {
        guard let error = xmlGetLastError(), let message = error.pointee.message else { return "it has no element" }
        return "line \(error.pointee.line): \(String(cString: message).prefix { !$0.isNewline })"
    }
}
