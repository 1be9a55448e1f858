import HTTP

/// An HTTP/1 message as it was on the wire.
struct RawMessage {
    /// Request line or status line.
    var startLine: Substring
    var headers: Headers
    /// Without chunked transfer coding.
    var body: [UInt8]
    /// True when the body that the head announces is absent.
    let lacksBody: Bool

    /// Why bytes are no message.
    enum Failure: Error, Equatable {
        /// The head does not end.
        case headless
        case malformed(String)
        /// The head announces more bytes of body than there are; `missing` more are needed.
        case incomplete(announced: Int, missing: Int)

        var text: String {
            switch self {
            case .headless: "the message has no empty line after its header fields"
            case .malformed(let text): text
            case .incomplete(0, _): "the chunked body is absent"
            case .incomplete(let announced, let missing): "the body has \(announced - missing) of the \(announced) bytes that Content-Length announces"
            }
        }
    }

    static let headLimitBytes = 1 << 20
    private static let lengthLimit = 1 << 40

    /// Lines of the head may end in LF alone: recordings get edited by hand.
    ///
    /// - Parameter mayLackBody: Takes a head that announces a body without any of it, as in answers to HEAD.
    init(_ bytes: ArraySlice<UInt8>, mayLackBody: Bool = false) throws(Failure) {
        var lines = HeadLines(bytes)
        startLine = Substring(lines.next() ?? "")
        headers = Headers()
        var last: Headers.Field?
        while true {
            guard let line = lines.next() else { throw .headless }
            if line.isEmpty { break }
            if let first = line.utf8.first, first == 32 || first == 9, let field = last {
                // Folded lines are one (RFC 9112 §5.2).
                last = Headers.Field(name: field.name, value: field.value + " " + Self.trimmed(Substring(line)))
                continue
            }
            if let field = last { headers.add(field.name, field.value) }
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex else {
                throw .malformed("header line \(lines.number) has no \"Name: value\": \(line.prefix(60).debugDescription)")
            }
            last = Headers.Field(name: String(line[..<colon]), value: Self.trimmed(line[line.index(after: colon)...]))
        }
        if let field = last { headers.add(field.name, field.value) }
        let rest = bytes[lines.position...]
        lacksBody = mayLackBody && rest.isEmpty
        body = []
        if !lacksBody { body = try Self.body(rest, headers) }
    }

    private static func body(_ rest: ArraySlice<UInt8>, _ headers: Headers) throws(Failure) -> [UInt8] {
        if headers["Transfer-Encoding"]?.lowercased().contains("chunked") == true {
            if rest.isEmpty { throw .incomplete(announced: 0, missing: 0) }
            guard let body = ChunkedBody.decode(rest) else { throw .malformed("the chunked body is incomplete or not chunked") }
            return body
        }
        guard let text = headers["Content-Length"] else { return Array(rest) }
        guard let length = Int(text), (0...lengthLimit).contains(length) else { throw .malformed("Content-Length is \(text.prefix(30).debugDescription)") }
        guard rest.count >= length else { throw .incomplete(announced: length, missing: length - rest.count) }
        // What follows belongs to the next message of the connection.
        return Array(rest.prefix(length))
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.utf8.drop { $0 == 32 || $0 == 9 }
        while let last = rest.last, last == 32 || last == 9 { rest.removeLast() }
        return String(Substring(rest))
    }
}

/// The lines of a message's head, up to its limit.
private struct HeadLines {
    private let bytes: ArraySlice<UInt8>
    private let limit: Int
    /// Behind the last line given.
    private(set) var position: Int
    private(set) var number = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
        limit = min(bytes.endIndex, bytes.startIndex + RawMessage.headLimitBytes)
    }

    /// Nil when there is no further line end.
    mutating func next() -> String? {
        guard let end = bytes[position..<max(position, limit)].firstIndex(of: 10) else { return nil }
        var line = bytes[position..<end]
        if line.last == 13 { line.removeLast() }
        position = end + 1
        number += 1
        return String(decoding: line, as: UTF8.self)
    }
}

/// Chunked transfer coding (RFC 9112 §7.1).
enum ChunkedBody {
    /// Nil when the last chunk is missing or a size is none.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var position = bytes.startIndex
        while let end = bytes[position...].firstIndex(of: 10) {
            var digits = Substring(String(decoding: bytes[position..<end].prefix { $0 != UInt8(ascii: ";") && $0 != 13 }, as: UTF8.self))
            while digits.last == " " { digits.removeLast() }
            guard let size = Int(digits, radix: 16), size >= 0 else { return nil }
            if size == 0 { return out }
            guard bytes.endIndex - (end + 1) >= size else { return nil }
            let chunk = bytes[(end + 1)..<(end + 1 + size)]
            out.append(contentsOf: chunk)
            position = chunk.endIndex
            if position < bytes.endIndex, bytes[position] == 13 { position += 1 }
            guard position < bytes.endIndex, bytes[position] == 10 else { return nil }
            position += 1
        }
        return nil
    }
}
