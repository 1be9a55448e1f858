import Base
import Testing

/// The quick search finds what the standard library's search by characters finds.
@Suite struct TextSearchTests {
    @Test(arguments: [
        ("products-armani-classic.jpg", "-"), ("aaaa", "aa"), ("", "-"), ("-", "-"), ("a--b--", "--"), ("abc", "abcd"), ("abcabd", "abd"), ("a\r\nb\nc", "\n"),
        ("a\r\nb", "\r\n"), ("cafe\u{301}, cafe", "e"), ("cafe\u{301}", "é"), ("naïve", "v"), ("plain", "ï"), ("abc", ""),
    ])
    func `finds and splits as by characters`(text: String, part: String) {
        #expect(text.range(ofText: part) == text.firstRange(of: part))
        for omittingEmpty in [false, true] {
            #expect(text.parts(between: part, omittingEmpty: omittingEmpty) == text.split(separator: part, omittingEmptySubsequences: omittingEmpty))
        }
    }

    @Test func `lent text is taken apart without copies`() {
        " a=1; ;=2 ".lend { text in
            var parts: [String] = []
            text.trimmed.forEachPart(between: UInt8(ascii: ";")) { parts.append($0.text) }
            #expect(parts == ["a=1", " ", "=2"])
            #expect(text.halves(at: UInt8(ascii: "="))?.head.text == " a" && text.halves(at: UInt8(ascii: "?")) == nil)
            #expect(text.trimmed.starts(with: "a=") && !text.starts(with: "a=") && text.trimmed == "a=1; ;=2")
        }
        #expect("18446744073709551615".lend { UInt64(decimalDigits: $0) } == .max && "ffffffffffffffff".lend { UInt64(hexDigits: $0) } == .max)
        #expect("18446744073709551616".lend { UInt64(decimalDigits: $0) } == nil && "".lend { UInt64(decimalDigits: $0) } == nil && "-1".lend { UInt64(decimalDigits: $0) } == nil)
        #expect("10000000000000000".lend { UInt64(hexDigits: $0) } == nil && "0g".lend { UInt64(hexDigits: $0) } == nil)
    }
}
