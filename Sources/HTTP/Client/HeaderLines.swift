/// A client request's header fields in the form that libcurl takes.
enum HeaderLines {
    /// Fields that libcurl adds on its own unless they are given or switched off ("Name:" switches off).
    private static let automatic = ["Accept", "Content-Type", "Expect"]
    /// libcurl derives it from the body; a second one would break the framing.
    private static let derived = "content-length"

    /// - Throws: `.other` for a name or value that would break the message, such as a value with a line break.
    static func make(for request: ClientRequest) throws(ClientError) -> [String] {
        var lines: [String] = []
        lines.reserveCapacity(request.headers.fields.count + automatic.count)
        for field in request.headers.fields where !field.name.equalsIgnoringCase(derived) { lines.append(try line(field)) }
        for name in automatic where request.headers[name] == nil { lines.append("\(name):") }
        return lines
    }

    static func make(for headers: Headers) throws(ClientError) -> [String] {
        var lines: [String] = []
        for field in headers.fields { lines.append(try line(field)) }
        return lines
    }

    private static func line(_ field: Headers.Field) throws(ClientError) -> String {
        guard isName(field.name) else { throw .other("\"\(field.name)\" is not a header field name") }
        guard !field.value.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else {
            throw .other("the value of header field \"\(field.name)\" contains a line break")
        }
        // A semicolon instead of the colon is libcurl's way to send an empty value.
        return field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
    }

    /// A token (RFC 9110 §5.6.2).
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }
}
