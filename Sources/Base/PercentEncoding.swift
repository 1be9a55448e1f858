/// Percent-encoding (RFC 3986 §2.1).
public enum PercentEncoding {
    /// An escape that is not a percent sign with two hexadecimal digits.
    public struct BadEscape: Error, Sendable, Equatable, CustomStringConvertible {
        /// Byte offset of the percent sign in the text that was decoded.
        public var offset: Int

        public init(offset: Int) { self.offset = offset }

        public var description: String { "the percent sign at byte \(offset) is not followed by two hexadecimal digits" }
    }

    /// Decodes; bytes that are not UTF-8 afterwards become U+FFFD.
    public static func decode(_ text: Substring) throws(BadEscape) -> String {
        guard text.utf8.contains(percent) else { return String(text) }
        var badOffset: Int?
        let decoded = bytes(text.utf8, plusIsSpace: false) { badOffset = badOffset ?? $0 }
        if let badOffset { throw BadEscape(offset: badOffset) }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Decodes as browsers and most frameworks decode queries and forms: `+` is a space, and a bad escape stays as it is.
    ///
    /// - Parameter badEscapes: Is increased by the number of bad escapes.
    public static func decodeForm(_ text: Substring, badEscapes: inout Int) -> String {
        guard text.utf8.contains(where: { $0 == percent || $0 == plus }) else { return String(text) }
        var count = 0
        let decoded = bytes(text.utf8, plusIsSpace: true) { _ in count += 1 }
        badEscapes += count
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Decodes what other programs write; a bad escape stays as it is.
    public static func decodeLeniently(_ text: some StringProtocol) -> String {
        let text = Substring(text)
        guard text.utf8.contains(percent) else { return String(text) }
        return String(decoding: bytes(text.utf8, plusIsSpace: false) { _ in }, as: UTF8.self)
    }

    private static let percent = UInt8(ascii: "%")
    private static let plus = UInt8(ascii: "+")

    private static func bytes(_ text: Substring.UTF8View, plusIsSpace: Bool, bad: (Int) -> Void) -> [UInt8] {
        let source = Array(text)
        var out: [UInt8] = []
        out.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == percent {
                if index + 2 < source.count, let high = source[index + 1].hexDigitValue, let low = source[index + 2].hexDigitValue {
                    out.append(high << 4 | low)
                    index += 3
                    continue
                }
                bad(index)
            }
            out.append(byte == plus && plusIsSpace ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return out
    }

    /// What stays as it is, besides letters, digits and `-._~`.
    public enum Component: Sendable {
        /// One path segment: also `!$&'()*+,;=:@`.
        case segment
        /// A whole path: as a segment, and `/`.
        case path
        /// A name or value of a query or form: nothing more, and a space becomes `+`.
        case form
        /// Nothing more; for anything inside anything.
        case unreserved
    }

    public static func encode(_ text: some StringProtocol, for component: Component = .unreserved) -> String {
        String(text).lend { encode($0, for: component) }
    }

    private static func encode(_ text: LentText, for component: Component) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.count + 8)
        for byte in text {
            if isKept(byte, in: component) {
                out.append(byte)
            } else if byte == UInt8(ascii: " "), case .form = component {
                out.append(plus)
            } else {
                out.append(percent)
                out.append(upperHex(byte >> 4))
                out.append(upperHex(byte & 15))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func upperHex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 55 + digit }

    private static func isKept(_ byte: UInt8, in component: Component) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): return true
        case UInt8(ascii: "/"): if case .path = component { return true } else { return false }
        default: break
        }
        switch component {
        case .segment, .path: return "!$&'()*+,;=:@".utf8.contains(byte)
        case .form, .unreserved: return false
        }
    }
}
