import Base
import HTTP

/// A value in a response that later requests may use: a cookie, a token, an identifier.
struct FoundValue: Hashable {
    /// Where it stands: equal places of two answers to the same request hold values for each other.
    var place: String
    /// The place without its number in a list: values of one group are of one kind.
    var group: String
    /// What requests call it: a cookie's, a form field's or a JSON member's name.
    var name: String
    var value: String
}

/// Looks for values that later requests may use.
struct ValueFinder {
    private(set) var values: [FoundValue] = []
    private var occurrences: [String: Int] = [:]
    /// The form that the scanner is in.
    private var form = ""

    private static let valueLimit = 2_000
    private static let bodyLimitBytes = 4 << 20

    /// - Parameter body: Unpacked.
    init(headers: Headers, body: [UInt8]) {
        findInHeaders(headers)
        guard body.count <= Self.bodyLimitBytes else { return }
        switch MediaKind(headers["Content-Type"], body) {
        case .json: if let value = try? Value.parse(json: body) { findInJSON(value) }
        case .html: findInHTML(body)
        case .text, .binary: break
        }
    }

    private mutating func add(_ kind: String, _ name: String, _ value: String) {
        guard values.count < Self.valueLimit, !value.isEmpty, value.utf8.count <= Identifier.lengthLimit else { return }
        let place = "\(kind) \(name)"
        let number = occurrences[place, default: 0]
        occurrences[place] = number + 1
        values.append(FoundValue(place: "\(place) \(number)", group: place, name: name, value: value))
    }

    // MARK: Header fields

    private mutating func findInHeaders(_ headers: Headers) {
        for field in headers.fields {
            switch field.name.lowercased() {
            case "set-cookie":
                let pair = field.value.prefix { $0 != ";" }
                guard let equals = pair.firstIndex(of: "=") else { continue }
                add("cookie", String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
            case "location": findInURL(field.value)
            case "etag", "last-modified": add("header", field.name.lowercased(), field.value)
            case let name where Identifier.isName(name): add("header", name, field.value)
            default: break
            }
        }
    }

    // MARK: JSON

    private mutating func findInJSON(_ value: Value, path: String = "", group: String = "", name: String = "") {
        switch value {
        case .record(let record):
            for (member, value) in zip(record.layout.names, record.values) { findInJSON(value, path: path + "/" + member, group: group + "/" + member, name: member) }
        case .list(let elements):
            for (index, element) in elements.enumerated() { findInJSON(element, path: path + "/\(index)", group: group + "/*", name: name) }
        case .string(let text) where text.hasPrefix("/") || text.contains("://"): findInURL(text)
        case .string(let text) where Identifier.isName(name) || Identifier.isOpaque(text): addJSON(path, group, name, text)
        case .int(let number) where Identifier.isName(name): addJSON(path, group, name, String(number))
        default: break
        }
    }

    private mutating func addJSON(_ path: String, _ group: String, _ name: String, _ value: String) {
        guard values.count < Self.valueLimit, !value.isEmpty, value.utf8.count <= Identifier.lengthLimit else { return }
        values.append(FoundValue(place: "json \(path)", group: "json \(group)", name: name, value: value))
    }

    // MARK: HTML

    private mutating func findInHTML(_ body: [UInt8]) {
        for token in HTMLScanner(body) {
            guard values.count < Self.valueLimit else { return }
            switch token {
            case .open(let name, let attributes): findInTag(name, attributes)
            case .close("form"): form = ""
            case .script(let text): findInScript(text)
            case .close, .text: break
            }
        }
    }

    private mutating func findInTag(_ tag: String, _ attributes: [HTMLScanner.Attribute]) {
        func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
        for name in ["href", "action", "src"] { if let url = attribute(name) { findInURL(url) } }
        switch tag {
        case "form": form = attribute("id") ?? attribute("action").map(URLForm.init)?.pattern ?? ""
        case "input", "button", "option":
            guard let value = attribute("value"), let name = attribute("name") else { return }
            if attribute("type") == "hidden" || Identifier.isName(name) || Identifier.isOpaque(value) { add("form \(form)", name, value) }
        case "meta":
            guard let name = attribute("name"), let content = attribute("content") else { return }
            if Identifier.isName(name) || Identifier.isOpaque(content) { add("meta", name, content) }
        default: break
        }
    }

    /// Quoted texts that look generated; named by the word before them, as in `Spree.current_order_token = "..."`.
    private mutating func findInScript(_ text: String) {
        let bytes = Array(text.utf8)
        var index = 0
        var word = ""
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                guard let end = bytes[(index + 1)...].firstIndex(where: { $0 == byte || $0 == 10 || $0 == UInt8(ascii: "\\") }) else { return }
                let value = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
                if bytes[end] == byte { if Identifier.isOpaque(value) { add("script", word, value) } else { word = value } }
                index = end + 1
                continue
            }
            if (97...122).contains(byte | 0x20) || byte == UInt8(ascii: "_") {
                let letters = bytes[index...].prefix { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
                word = String(decoding: letters, as: UTF8.self)
                index += letters.count
                continue
            }
            index += 1
        }
    }

    private mutating func findInURL(_ url: String) {
        guard !url.hasPrefix("data:"), url.utf8.count <= Identifier.lengthLimit else { return }
        let form = URLForm(url)
        for (name, value) in form.values { add("url \(form.pattern)", name, value) }
    }
}

/// A URL with its generated parts taken out: `/orders/R123456789?token=x` is `/orders/{}?token={}`.
struct URLForm {
    /// Path and query without origin and fragment.
    let pattern: String
    /// Decoded; a path segment is named by the segment before it, a query value by its name.
    let values: [(name: String, value: String)]

    init(_ url: String) {
        let target = RequestTarget(url)
        var values: [(String, String)] = []
        var last = ""
        let segments = target.rawPath.split(separator: "/", omittingEmptySubsequences: false).map { segment -> String in
            let text = PercentEncoding.decodeLeniently(segment)
            defer { last = text }
            guard Identifier.isOpaque(text) else { return text }
            values.append((last, text))
            return "{}"
        }
        var pattern = segments.joined(separator: "/")
        for pair in target.query.pairs {
            let isFound = Identifier.isOpaque(pair.value) || Identifier.isName(pair.name)
            if isFound { values.append((pair.name, pair.value)) }
            pattern += "&\(pair.name)=\(isFound ? "{}" : pair.value)"
        }
        self.pattern = pattern
        self.values = values
    }
}

/// How a body is read.
enum MediaKind {
    case json, html, text, binary

    init(_ contentType: String?, _ body: [UInt8]) {
        let type = HeaderParameters(contentType ?? "").value
        if type.hasSuffix("json") { self = .json; return }
        if type.hasSuffix("html") || type == "application/xhtml+xml" { self = .html; return }
        // Some services answer JSON with another type.
        let first = body.first { $0 > 32 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), type.isEmpty || type.hasPrefix("text/") { self = .json; return }
        self = type.hasPrefix("text/") || type.hasSuffix("xml") || type.hasSuffix("javascript") ? .text : .binary
    }
}
