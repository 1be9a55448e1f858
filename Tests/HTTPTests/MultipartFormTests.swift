import Testing

@testable import HTTP

@Suite struct MultipartFormTests {
    private func parse(_ body: String, type: String = "multipart/form-data; boundary=b") throws(MultipartForm.ParseError) -> [MultipartForm.Part] {
        try MultipartForm(body: Array(body.utf8), contentType: type).parts
    }

    @Test func `parts have name, file name, type and bytes`() throws {
        let form = try MultipartForm(
            body: Array(
                "preamble\r\n--xYz\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhello\r\n--xYz  \r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".txt\"\r\nContent-Type: text/plain\r\n\r\nline\r\n--xY no end\r\n\r\n--xYz--\r\nepilogue"
                    .utf8), contentType: "Multipart/Form-Data; charset=utf-8; boundary=\"xYz\"")
        #expect(form.parts.map(\.name) == ["text", "file"])
        #expect(form["text"]?.text == "hello")
        #expect(form["text"]?.filename == nil)
        #expect(form["file"]?.filename == "a \"b\".txt")
        #expect(form["file"]?.contentType == "text/plain")
        #expect(form["file"]?.text == "line\r\n--xY no end\r\n")
    }

    @Test func `an empty part and an empty form are fine`() throws {
        #expect(try parse("--b\r\nContent-Disposition: form-data; name=e\r\n\r\n\r\n--b--").map(\.bytes) == [[]])
        #expect(try parse("--b\r\nContent-Disposition: form-data; name=e\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=f\r\n\r\n1\r\n--b--").map(\.text) == ["", "1"])
        #expect(try parse("--b--").isEmpty)
    }

    @Test(arguments: [
        ("", .truncated), ("--b", .truncated), ("--b\r\n", .truncated), ("--b\r\nContent-Disposition: form-data; name=a\r\n", .truncated),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", .truncated), ("--bc\r\n\r\n--b--", .truncated),
        ("--b\r\n\r\nx\r\n--b--", .unnamedPart(index: 0)), ("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", .unnamedPart(index: 0)),
        ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", .unnamedPart(index: 0)),
        ("--b\r\nX: " + String(repeating: "a", count: 9_000) + "\r\n\r\nx\r\n--b--", .truncated),
        (String(repeating: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n", count: 201) + "--b--", .tooManyParts(limit: 200)),
    ] as [(String, MultipartForm.ParseError)]) func `a broken body is refused`(body: String, error: MultipartForm.ParseError) {
        #expect(throws: error) { try parse(body) }
    }

    @Test(arguments: ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + String(repeating: "b", count: 71), ""])
    func `another content type is refused`(type: String) {
        #expect(throws: MultipartForm.ParseError.notMultipart) { try parse("--b--", type: type) }
    }
}
