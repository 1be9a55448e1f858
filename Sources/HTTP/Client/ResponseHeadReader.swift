/// Collects the header fields of the final response from single lines, as libcurl hands them over.
struct ResponseHeadReader {
    private(set) var headers = Headers()
    private var isComplete = false

    /// - Parameter line: A status line, a field line, or the empty line after them; with its line break.
    mutating func read(_ line: UnsafeRawBufferPointer) {
        let text = trimmed(line[...])
        if text.starts(with: Array("HTTP/".utf8)) {
            // A new head: what came before belonged to an interim response such as 100.
            headers = Headers()
            isComplete = false
        } else if text.isEmpty {
            isComplete = true
        } else if !isComplete, let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            // Fields after the body are trailers, which are no header fields.
            let value = trimmed(text[(colon + 1)...])
            headers.add(String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }

    private func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var rest = bytes
        while let first = rest.first, first <= 0x20 { rest = rest.dropFirst() }
        while let last = rest.last, last <= 0x20 { rest = rest.dropLast() }
        return rest
    }
}
