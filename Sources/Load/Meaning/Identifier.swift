import Base

/// Values that a shop makes up anew: session identifiers, tokens, order numbers, times. Two runs of the same traffic differ in them without
/// meaning anything else.
enum Identifier {
    // MARK: By name

    /// True for names of fields that hold identifiers: `id`, `order_id`, `variantId`, `csrf_token`, `order[line_items_attributes][0][id]`.
    static func isName(_ name: String) -> Bool {
        let words = words(of: lastPart(name))
        guard let last = words.last else { return false }
        return endings.contains(last) || words.contains { $0 == "csrf" || $0 == "token" || $0 == "session" }
    }

    private static let endings: Set<String> = ["id", "ids", "uuid", "guid", "token", "nonce", "key", "number", "etag", "signature"]

    /// `id` of `order[items][0][id]`.
    private static func lastPart(_ name: String) -> Substring {
        guard name.hasSuffix("]"), let open = name.lastIndex(of: "[") else { return name[...] }
        let inner = name[name.index(after: open)...].dropLast()
        return inner.isEmpty ? name[..<open] : inner
    }

    /// Lower-case words of a name in any convention: `variantId`, `variant_id`, `X-Variant-ID`.
    static func words(of name: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in name.unicodeScalars {
            let isLetter = character.properties.isAlphabetic
            if !isLetter || (wasLower && character.properties.isUppercase) {
                if !word.isEmpty { words.append(word.lowercased()) }
                word = ""
            }
            if isLetter { word.unicodeScalars.append(character) }
            wasLower = character.properties.isLowercase
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        return words
    }

    // MARK: By form

    enum Form: Equatable {
        case uuid
        /// 16 hexadecimal digits or more.
        case hexadecimal
        /// One to four letters and at least six digits: `R246115036`.
        case numbered(prefix: String)
        /// 16 or more letters of both cases and digits, or small letters and digits, well mixed: what random generators print.
        case token
    }

    static let lengthLimit = 4_096

    /// Nil for words, numbers and everything else that may mean something.
    static func form(of text: String) -> Form? {
        let bytes = Array(text.utf8)
        guard (7...lengthLimit).contains(bytes.count) else { return nil }
        if isUUID(bytes) { return .uuid }
        if bytes.count >= 16, bytes.allSatisfy({ $0.hexDigitValue != nil }), bytes.contains(where: isDigit), bytes.contains(where: isLetter) { return .hexadecimal }
        let letters = bytes.prefix { isLetter($0) }
        if (1...4).contains(letters.count), bytes.count - letters.count >= 6, bytes.dropFirst(letters.count).allSatisfy(isDigit) {
            return .numbered(prefix: String(decoding: letters, as: UTF8.self))
        }
        return bytes.count >= 16 && isMixed(bytes) ? .token : nil
    }

    static func isOpaque(_ text: String) -> Bool { form(of: text) != nil }

    /// True for two generated values of one kind, or two times in one notation.
    static func haveSameForm(_ left: String, _ right: String) -> Bool {
        if isTime(left) { return isTime(right) }
        guard let form = form(of: left), form == self.form(of: right) else { return false }
        // Lengths of tokens vary with what is packed into them, and with escapes.
        let (a, b) = (left.utf8.count, right.utf8.count)
        return form == .token ? abs(a - b) <= max(4, a / 8) : form == .hexadecimal ? a == b : true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        bytes.count == 36 && bytes.enumerated().allSatisfy { [8, 13, 18, 23].contains($0.offset) ? $0.element == UInt8(ascii: "-") : $0.element.hexDigitValue != nil }
    }

    /// Letters and digits that take turns more often than in words, with few separators.
    private static func isMixed(_ bytes: [UInt8]) -> Bool {
        var classes: Set<Int> = []
        var (changes, separators, last) = (0, 0, 0)
        for byte in bytes {
            let kind = isDigit(byte) ? 1 : (65...90).contains(byte) ? 2 : (97...122).contains(byte) ? 3 : 0
            if kind == 0 {
                guard "-_=+.%~/".utf8.contains(byte) else { return false }
                separators += 1
                continue
            }
            if kind != last { changes += 1 }
            last = kind
            classes.insert(kind)
        }
        return bytes[0] != UInt8(ascii: "/") && classes.contains(1) && classes.count >= 2 && separators * 8 <= bytes.count && changes * 4 >= bytes.count
    }

    /// `2026-01-31`, `2026-01-31T08:49:37.123Z`, `2026-01-31 08:49:37`, `08:49`, `08:49:37`.
    static func isTime(_ text: String) -> Bool {
        if Timestamp(iso8601: text) != nil || Timestamp(iso8601: text + "Z") != nil || Timestamp(iso8601: text + "T00:00:00Z") != nil { return true }
        return text.utf8.count <= 8 && text.utf8.contains(UInt8(ascii: ":")) && Timestamp(iso8601: "2000-01-01T\(text)\(text.utf8.count <= 5 ? ":00" : "")Z") != nil
    }
}
