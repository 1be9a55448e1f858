import Base
import HTTP

/// Makes requests that can be sent from those of a journey.
extension RequestStep {
    /// - Parameters:
    ///   - kind: Place of the visitor's kind.
    ///   - values: The visitor's variables.
    func request(ofKind kind: Int, _ surroundings: Surroundings, _ values: [Value?]) throws(MissingValue) -> ClientRequest {
        if kind < fixed.count, let request = fixed[kind] { return request }
        let visitor = surroundings.journey.visitors[kind]
        var headers = Headers()
        try add(visitor, to: &headers, values)
        let body = try bodyBytes(&headers, values)
        let request = ClientRequest(
            method: method, url: try url(base: surroundings.bases[service ?? visitor.service], values), headers: headers, body: body, timeout: timeout,
            verifiesCertificate: surroundings.verifiesCertificates, version: version)
        if isConstant(for: visitor) {
            fixed += Array(repeating: nil, count: max(0, kind + 1 - fixed.count))
            fixed[kind] = request
        }
        return request
    }

    private func isConstant(for visitor: VisitorKind) -> Bool {
        var texts = query.map(\.value) + headers.map(\.value) + visitor.headers.map(\.value)
        if let basic { texts += [basic.user, basic.password] }
        switch body {
        case .none, .bytes: break
        case .text(let text): texts.append(text)
        case .json(let template): if !template.isConstant { return false }
        case .form(let fields, let hidden):
            if hidden != nil { return false }
            texts += fields.flatMap { [$0.name, $0.value] }
        }
        return path.constant != nil && texts.allSatisfy { $0.constant != nil }
    }

    // MARK: URL

    private func url(base: String, _ values: [Value?]) throws(MissingValue) -> String {
        let text = try path.text(values, encode: Self.encodeForURL)
        var url = text.hasPrefix("http://") || text.hasPrefix("https://") ? text : base + (text.hasPrefix("/") ? text : "/" + text)
        var separator = url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        for (name, value) in query {
            url += separator + PercentEncoding.encode(name, for: .form) + "=" + PercentEncoding.encode(try value.text(values), for: .form)
            separator = "&"
        }
        return url
    }

    /// As browsers do with what is put into an address: what cannot stand there is encoded, escapes stay as they are.
    private static func encodeForURL(_ text: String) -> String {
        if text.utf8.allSatisfy(isURLByte) { return text }
        return text.utf8.reduce(into: "") { out, byte in
            out += isURLByte(byte) ? String(UnicodeScalar(byte)) : PercentEncoding.encode(String(decoding: [byte], as: Unicode.ASCII.self))
        }
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7f...0xff, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            false
        default: true
        }
    }

    // MARK: Header fields and body

    private func add(_ visitor: VisitorKind, to headers: inout Headers, _ values: [Value?]) throws(MissingValue) {
        for (name, value) in visitor.headers where !self.headers.contains(where: { $0.name.equalsIgnoringCase(name) }) {
            headers.add(name, try value.text(values))
        }
        for (name, value) in self.headers { headers.add(name, try value.text(values)) }
        if let basic {
            let pair = try basic.user.text(values) + ":" + basic.password.text(values)
            headers.set("Authorization", "Basic " + Base64.encode(pair.utf8))
        }
    }

    private func bodyBytes(_ headers: inout Headers, _ values: [Value?]) throws(MissingValue) -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .text(let text): return Array(try text.text(values).utf8)
        case .json(let template):
            if headers["Content-Type"] == nil { headers.add("Content-Type", "application/json") }
            return try template.value(values).jsonBytes()
        case .form(let fields, let hidden):
            if headers["Content-Type"] == nil { headers.add("Content-Type", "application/x-www-form-urlencoded") }
            return Array(try form(fields, hidden: hidden, values).encoded.utf8)
        }
    }

    /// Hidden fields first, those left out that the visitor fills in.
    private func form(_ fields: [(name: SlotText, value: SlotText)], hidden: Int?, _ values: [Value?]) throws(MissingValue) -> QueryPairs {
        var own = QueryPairs()
        for (name, value) in fields { own.add(try name.text(values), try value.text(values)) }
        guard let hidden else { return own }
        guard let kept = values[hidden] else { throw MissingValue(slot: hidden) }
        var all = QueryPairs()
        for field in kept.elements ?? [] {
            let name = field["name"]?.text ?? ""
            if own[name] == nil { all.add(name, field["value"]?.text ?? "") }
        }
        for pair in own.pairs { all.add(pair.name, pair.value) }
        return all
    }
}
