/// A `multipart/form-data` body (RFC 7578): its parts in order.
public struct MultipartForm: Sendable, Equatable {
    public struct Part: Sendable, Equatable {
        public var name: String
        /// Nil for plain fields.
        public var filename: String?
        /// As sent; nil when the part names none.
        public var contentType: String?
        public var bytes: [UInt8]
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    public enum ParseError: Error, Sendable, Equatable {
        /// The content type is not `multipart/form-data`, or its boundary is missing or longer than 70 characters.
        case notMultipart
        /// The closing boundary is missing, or a part's head has no end or is longer than `headLimitBytes`.
        case truncated
        /// A part has no `Content-Disposition: form-data` with a name.
        case unnamedPart(index: Int)
        case tooManyParts(limit: Int)
    }

    public static let partLimit = 200
    public static let headLimitBytes = 8_192
    /// RFC 2046 §5.1.1.
    static let boundaryLimit = 70

    public private(set) var parts: [Part] = []

    public subscript(_ name: String) -> Part? { parts.first { $0.name == name } }

    /// - Parameter contentType: The request's Content-Type field, which names the boundary.
    public init(body: [UInt8], contentType: String) throws(ParseError) {
        let type = HeaderParameters(contentType)
        guard type.value == "multipart/form-data", let boundary = type["boundary"], (1...Self.boundaryLimit).contains(boundary.utf8.count)
        else { throw .notMultipart }
        var scanner = Scanner(body: body, delimiter: Array("--\(boundary)".utf8))
        try scanner.skipPreamble()
        while try scanner.hasPart() {
            guard parts.count < Self.partLimit else { throw .tooManyParts(limit: Self.partLimit) }
            let head = try scanner.head()
            let bytes = try scanner.content()
            parts.append(try Self.part(head, bytes, index: parts.count))
        }
    }

    private static func part(_ head: Headers, _ bytes: ArraySlice<UInt8>, index: Int) throws(ParseError) -> Part {
        let disposition = HeaderParameters(head["Content-Disposition"] ?? "")
        guard disposition.value == "form-data", let name = disposition["name"] else { throw .unnamedPart(index: index) }
        return Part(name: name, filename: disposition["filename"], contentType: head["Content-Type"], bytes: Array(bytes))
    }

    private struct Scanner {
        let body: [UInt8]
        let delimiter: [UInt8]
        var index = 0

        private static let lineBreak: [UInt8] = [13, 10]

        mutating func skipPreamble() throws(ParseError) {
            if body.starts(with: delimiter) { index = delimiter.count; return }
            guard let start = find(Self.lineBreak + delimiter, from: 0, limit: body.count) else { throw .truncated }
            index = start + 2 + delimiter.count
        }

        /// Behind a delimiter: a line break begins a part, two hyphens end the body.
        mutating func hasPart() throws(ParseError) -> Bool {
            if starts(with: [45, 45]) { return false }
            // Senders may pad the delimiter line with spaces.
            while index < body.count, body[index] == 32 || body[index] == 9 { index += 1 }
            guard starts(with: Self.lineBreak) else { throw .truncated }
            // The line break stays: a part without head fields has its empty line right here.
            return true
        }

        mutating func head() throws(ParseError) -> Headers {
            let limit = Swift.min(body.count, index + MultipartForm.headLimitBytes)
            guard let end = find([13, 10, 13, 10], from: index, limit: limit) else { throw .truncated }
            defer { index = end + 4 }
            guard end > index else { return Headers() }
            var headers = Headers()
            for line in String(decoding: body[(index + 2)..<end], as: UTF8.self).split(separator: "\r\n") {
                guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { continue }
                headers.add(String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " }))
            }
            return headers
        }

        mutating func content() throws(ParseError) -> ArraySlice<UInt8> {
            // The line break before a delimiter belongs to the delimiter; an empty part's one ends its head.
            guard let end = find(Self.lineBreak + delimiter, from: index - 2, limit: body.count) else { throw .truncated }
            defer { index = end + 2 + delimiter.count }
            return body[Swift.min(index, end)..<Swift.max(end, Swift.min(index, end))]
        }

        private func starts(with prefix: [UInt8]) -> Bool { body[index...].starts(with: prefix) }

        private func find(_ pattern: [UInt8], from start: Int, limit: Int) -> Int? {
            var position = start
            while position + pattern.count <= limit {
                guard let candidate = body[position...(limit - pattern.count)].firstIndex(of: pattern[0]) else { return nil }
                if body[candidate..<(candidate + pattern.count)].elementsEqual(pattern) { return candidate }
                position = candidate + 1
            }
            return nil
        }
    }
}
