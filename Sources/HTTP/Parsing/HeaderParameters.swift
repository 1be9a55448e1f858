/// A field value of the form `value; name=text; name="quoted text"` (RFC 9110 §5.6.6), such as Content-Type or Content-Disposition.
public struct HeaderParameters: Sendable, Equatable {
    /// In lower case, without surrounding space: `multipart/form-data`.
    public private(set) var value: String
    private var parameters: [(name: String, value: String)] = []

    public init(_ text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        value = scanner.upToSemicolon().lowercased()
        while let parameter = scanner.parameter() { parameters.append(parameter) }
    }

    /// The first parameter of this name, compared without case.
    public subscript(_ name: String) -> String? { parameters.first { $0.name.equalsIgnoringCase(name) }?.value }

    public static func == (left: Self, right: Self) -> Bool {
        left.value == right.value && left.parameters.elementsEqual(right.parameters, by: ==)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        mutating func upToSemicolon() -> String {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
            return Self.trimmed(bytes[start..<index])
        }

        mutating func parameter() -> (name: String, value: String)? {
            while index < bytes.count {
                index += 1  // the semicolon
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: ";"), bytes[index] != UInt8(ascii: "=") { index += 1 }
                let name = Self.trimmed(bytes[start..<index])
                guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
                index += 1
                return (name, text())
            }
            return nil
        }

        private mutating func text() -> String {
            while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return upToSemicolon() }
            index += 1
            var out: [UInt8] = []
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                // Browsers send the backslashes of file names bare, so only what must be escaped counts as escaped.
                if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count, [34, 92].contains(bytes[index + 1]) { index += 1 }
                out.append(bytes[index])
                index += 1
            }
            _ = upToSemicolon()
            return String(decoding: out, as: UTF8.self)
        }

        private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
            let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
            var rest = bytes.drop(while: isSpace)
            while let last = rest.last, isSpace(last) { rest.removeLast() }
            return String(decoding: rest, as: UTF8.self)
        }
    }
}
