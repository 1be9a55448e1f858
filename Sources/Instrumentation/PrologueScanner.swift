/// Finds where a document's head begins, the way an HTML parser does (WHATWG HTML §13.2.6.4.1 to 13.2.6.4.4).
///
/// Only what may stand before the head is looked at: blanks, comments, the document type, `<html>`. Anything else begins the body, or a head
/// without a tag, so a `<head>` in a later comment, script or text can never be taken for the real one.
struct PrologueScanner {
    enum Finding: Equatable {
        /// More bytes are needed.
        case undecided
        /// The place behind `<head ...>`, or where a head without a tag would begin.
        case head(at: Int)
        /// Neither a document type nor `<html>` nor `<head>` came first: a piece of a page, or a page without any frame. It starts behind
        /// the byte order mark, if there is one.
        case fragment(at: Int)
    }

    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// Up to here everything is known; a tag or comment that has not ended yet begins here.
    private var index = 0
    private var start: Int?
    /// Behind the last of document type and `<html>`.
    private var frameEnd: Int?

    /// Looks at all bytes received so far, going on behind the last whole tag or comment.
    mutating func scan(_ bytes: [UInt8], isComplete: Bool) -> Finding {
        if start == nil {
            let isCut = bytes.count < Self.byteOrderMark.count && Self.byteOrderMark.starts(with: bytes)
            if isCut && !isComplete { return .undecided }
            index = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
            start = index
        }
        while index < bytes.count {
            if Self.isSpace(bytes[index]) { index += 1; continue }
            guard bytes[index] == UInt8(ascii: "<") else { return decided }
            guard let end = Self.tagEnd(in: bytes, from: index) else { return isComplete ? decided : .undecided }
            let tag = bytes[index..<end]
            if Self.isNamed(tag, "head") { return .head(at: end) }
            if Self.isNamed(tag, "html") || Self.isNamed(tag, "!doctype") {
                frameEnd = end
            } else if tag[tag.startIndex + 1] != UInt8(ascii: "!") && tag[tag.startIndex + 1] != UInt8(ascii: "?") {
                return decided
            }
            index = end
        }
        return isComplete ? decided : .undecided
    }

    private var decided: Finding { frameEnd.map { .head(at: $0) } ?? .fragment(at: start ?? 0) }

    /// The place behind a comment or tag that begins at `start`; nil while its end has not come.
    private static func tagEnd(in bytes: [UInt8], from start: Int) -> Int? {
        // A comment's first five bytes tell it from a tag.
        if bytes[start...].starts(with: [UInt8]("<!--".utf8)) { return commentEnd(in: bytes, from: start) }
        if bytes.count - start < 4 && [UInt8]("<!--".utf8).starts(with: bytes[start...]) { return nil }
        var quote: UInt8?
        var isAfterEquals = false
        for position in (start + 1)..<max(start + 1, bytes.count) {
            let byte = bytes[position]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return position + 1
            } else if isAfterEquals && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")) {
                // Quotes enclose a value only behind "="; elsewhere they are part of a name.
                quote = byte
            }
            if !isSpace(byte) { isAfterEquals = byte == UInt8(ascii: "=") }
        }
        return nil
    }

    private static func commentEnd(in bytes: [UInt8], from start: Int) -> Int? {
        // "<!-->" and "<!--->" are whole comments (§13.2.5.43), so the search begins inside the opening.
        var position = start + 4
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: ">") {
                let body = bytes[(start + 2)..<position]
                if body.suffix(2).elementsEqual([45, 45]) { return position + 1 }
                if body.count >= 5, body.suffix(3).elementsEqual([45, 45, 33]) { return position + 1 }
            }
            position += 1
        }
        return nil
    }

    /// True for `<name` followed by the end of the name.
    private static func isNamed(_ tag: ArraySlice<UInt8>, _ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard tag.count > length + 1 else { return false }
        let start = tag.startIndex + 1
        let matches = name.withUTF8Buffer { name in
            zip(name, tag[start..<(start + length)]).allSatisfy { $0 == $1 || $0 == ($1 | 0x20) }
        }
        let next = tag[start + length]
        return matches && (isSpace(next) || next == UInt8(ascii: "/") || next == UInt8(ascii: ">"))
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) && byte != 0x0b }
}
