import Base
import Testing

@testable import Synthetics

@Suite struct PatternTests {
    @Test(arguments: [
        ("a.c", "xabcx", true), ("^a$", "a\n", false), ("^a$", "a", true), ("(?<!x)b", "xb", false), ("(?<!x)b", "ab", true), ("^\\d+$", "١٢", false),
        ("\\u00e9", "café", true), ("\\u{1f600}", "😀", true), ("[^]", "\n", true), ("[]", "a", false), ("a\\/b", "a/b", true), ("(?i)ÄB", "äb", true),
        ("\\p{L}+", "é", true), ("(a)|b\\1", "b", true), ("^(?<y>\\d{4})-\\k<y>$", "2024-2024", true), ("\\bcat\\b", "a cat", true),
        ("^.$", "é", true), ("", "", true),
    ])
    func `expressions are JavaScript's`(pattern: String, text: String, matches: Bool) throws {
        #expect(try CheckPattern(pattern).matches(text) == matches)
    }

    @Test(arguments: ["(", "[a", "a{2,1}", "*", "\\"])
    func `what is none is refused with its column`(text: String) {
        #expect(throws: CheckPatternError.self) { try CheckPattern(text) }
        do { _ = try CheckPattern(text) } catch { #expect(error.reason.hasPrefix("column ")) }
    }

    @Test(arguments: [("id=(\\d+)", "id=42;", "42"), ("\\d+", "id=42;", "42"), ("(x)?a", "a", nil), ("z", "a", nil), ("a()", "a", "")])
    func `the first group is taken, or everything`(pattern: String, text: String, found: String?) throws {
        #expect(try CheckPattern(pattern).extract(from: text) == found)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func `an expression that backtracks without end is given up`(pattern: String) throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        #expect(throws: CheckPatternError.self) { try CheckPattern(pattern).matches(text) }
        let (results, _, _) = try run(
            definition(assertions: #"[{"type":"body","operator":"doesNotMatch","target":"\#(pattern)"}]"#), ["GET http://h/": [.ok(text)]])
        #expect(results[0].failure?.code == .invalidTest)
    }

    /// Each letter needs a place to come back to: more than the stack that compiled expressions have by themselves.
    @Test func `a long text is matched letter by letter`() throws {
        let items = String(repeating: "<li class=\"item\">" + String(repeating: "abc ", count: 5_000) + "</li>", count: 12)
        func count(_ number: Int) -> String { #"^(?:(?:[^c]|c(?!lass="item))*class="item){\#(number)}(?:[^c]|c(?!lass="item))*$"# }
        #expect(try CheckPattern(count(12)).matches(items))
        #expect(try !CheckPattern(count(11)).matches(items))
    }

    @Test(arguments: [
        ("https://old|http://new", "https://old/a", "http://new/a"), ("(https://www.)(.*)|$1extra-$2", "https://www.x.org", "https://www.extra-x.org"),
        ("a|b|c", "abab", "cccc"), ("s/a/x/", "aa", "xa"), ("s/A/x/gi", "aa", "xx"), ("s/\\/a\\//-/", "x/a/y", "x-y"), ("s/(b)/[$1$&]/", "abc", "a[bb]c"),
        ("s/a/\\//", "a", "/"), ("s/^./x/gm", "a\nb", "x\nx"), ("z|y", "a", "a"), ("(a)(z)?|<$2>", "a", "<>"),
    ])
    func `texts are substituted`(rule: String, text: String, result: String) throws {
        #expect(try Substitution(rule).apply(to: text) == result)
    }

    @Test(arguments: ["none", "s/(/x/", "s/a/b/q", "(|x"])
    func `what is no substitution is refused`(rule: String) {
        #expect(throws: CheckPatternError.self) { try Substitution(rule) }
    }

    @Test func `a group that is not there is an error`() throws {
        #expect(throws: CheckPatternError.self) { try Substitution("a|$9").apply(to: "a") }
    }
}
