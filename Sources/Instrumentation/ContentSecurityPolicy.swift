import HTTP

/// What a response's policy says about scripts (Content Security Policy Level 3).
public enum ContentSecurityPolicy {
    /// The nonce with which script elements may run, or nil when no policy names one.
    ///
    /// Of each policy the directive that rules script elements counts: `script-src-elem`, else `script-src`, else `default-src` (§6.8.2).
    public static func scriptNonce(in headers: Headers) -> String? {
        // Several policies may come in several fields or in one, separated by commas (§3.1).
        for field in headers.values("Content-Security-Policy") {
            for policy in field.split(separator: ",") {
                if let nonce = nonce(inPolicy: policy) { return nonce }
            }
        }
        return nil
    }

    private static func nonce(inPolicy policy: Substring) -> String? {
        var sources: [String: [Substring]] = [:]
        for directive in policy.split(separator: ";") {
            let words = directive.split(whereSeparator: \.isWhitespace)
            guard let name = words.first?.lowercased(), sources[name] == nil else { continue }
            sources[name] = Array(words.dropFirst())
        }
        let ruling = sources["script-src-elem"] ?? sources["script-src"] ?? sources["default-src"] ?? []
        return ruling.lazy.compactMap(nonce(inSource:)).first
    }

    private static func nonce(inSource source: Substring) -> String? {
        guard source.count > 8, source.lowercased().hasPrefix("'nonce-"), source.hasSuffix("'") else { return nil }
        let text = source.dropFirst(7).dropLast()
        // base64-value of §2.3.1; anything else would never match and could break out of the attribute.
        return text.utf8.allSatisfy(isBase64) ? String(text) : nil
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="): true
        default: false
        }
    }
}
