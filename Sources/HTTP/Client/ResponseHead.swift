/// The header fields of a response as the bytes that came; they become text when somebody asks.
public struct ResponseHead: Sendable, Equatable {
    /// Field lines of the final response with their line breaks, interim responses and trailers left out.
    private var bytes: [UInt8] = []
    private var isComplete = false
    /// Instead of bytes, when the head was not read from a connection.
    private var fields: Headers?

    public init() {}

    public init(_ headers: Headers) { fields = headers }

    /// Takes one line as libcurl hands it over: a status line, a field line, or the empty line after them.
    mutating func read(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first else { return }
        if first == UInt8(ascii: "H"), line.starts(with: "HTTP/".utf8) {
            // A new head: what came before belonged to an interim response such as 100.
            clear()
        } else if first == UInt8(ascii: "\r") || first == UInt8(ascii: "\n") {
            isComplete = true
        } else if !isComplete {
            // Fields after the body are trailers, which are no header fields.
            bytes.append(contentsOf: line)
        }
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        isComplete = false
    }

    public var headers: Headers {
        if let fields { return fields }
        var headers = Headers()
        forEachField { name, value in headers.add(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)) }
        return headers
    }

    /// Values of the fields of one name; names compare without case.
    public func values(_ wanted: String) -> [String] {
        if let fields { return fields.values(wanted) }
        var values: [String] = []
        forEachField { name, value in
            if Self.areEqual(name, wanted) { values.append(String(decoding: value, as: UTF8.self)) }
        }
        return values
    }

    private static func areEqual(_ name: ArraySlice<UInt8>, _ wanted: String) -> Bool {
        guard name.count == wanted.utf8.count else { return false }
        // Only letters differ in the bit of case; a name holds nothing else that could be mistaken for one.
        return zip(name, wanted.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private func forEachField(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            body(Self.trimmed(line[..<colon]), Self.trimmed(line[(colon + 1)...]))
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop { $0 <= 0x20 }
        while let last = rest.last, last <= 0x20 { rest.removeLast() }
        return rest
    }
}
