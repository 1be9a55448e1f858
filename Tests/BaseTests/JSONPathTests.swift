import Testing

@testable import Base

@Suite struct JSONPathTests {
    static let document = """
        {"a":{"b":[1,2,3,4],"é":"x","length":9},"list":[{"n":"p","v":1,"on":true},{"n":"q","v":2.5},{"n":"pp","v":null}],"deep":[{"n":{"n":"z"}}],
         "spans":[{"tags":[{"k":"t","v":"sql"},{"k":"u","v":"sql"}]},{"tags":[{"k":"t","v":"sql"}]},{"tags":[{"k":"t","v":"web"}]}],"two words":5,"limit":2}
        """

    @Test(arguments: [
        ("$.a.b", "[[1,2,3,4]]"), ("$['a'].b[0]", "[1]"), ("$.a[\"b\"][-1]", "[4]"), ("$.a.b[-1:]", "[4]"), ("$.a.b[1:3]", "[2,3]"),
        ("$.a.b[::2]", "[1,3]"), ("$.a.b[::-1]", "[4,3,2,1]"), ("$.a.b[2:0:-1]", "[3,2]"), ("$.a.b[9]", "[]"), ("$.a.b[-9:2]", "[1,2]"),
        ("$.a.b[*]", "[1,2,3,4]"), ("$.a.b[0,-1]", "[1,4]"), ("$['two words','limit']", "[5,2]"), ("$.a.é", "[\"x\"]"),
        ("$.list.*.n", "[\"p\",\"q\",\"pp\"]"),
        ("$..v", "[1,2.5,null,\"sql\",\"sql\",\"sql\",\"web\"]"), ("$.deep..n", "[{\"n\":\"z\"},\"z\"]"), ("$.a.b.length()", "[4]"),
        ("$.a.b.length", "[4]"),
        ("$.a.length", "[9]"), ("$.a.é.length()", "[1]"), ("$.limit.length()", "[]"), ("$.list[?(@.v > 1)].n", "[\"q\"]"),
        ("$.list[?(@.n == 'p')].v", "[1]"), ("$.list[?(@.n != 'p')].n", "[\"q\",\"pp\"]"), ("$.list[?(@.n =~ /^P+$/i)].n", "[\"p\",\"pp\"]"),
        ("$.list[?(@.on)].n", "[\"p\"]"), ("$.list[?(!@.on)].n", "[\"q\",\"pp\"]"), ("$.list[?(@.v == null)].n", "[\"pp\"]"),
        ("$.list[?(@.v < $.limit && @.n == 'p' || @.n == 'q')].n", "[\"p\",\"q\"]"),
        ("$.list[?(@.v > 1 && (@.n == 'p' || @.n == 'q'))].n", "[\"q\"]"),
        ("$.list[?(@.on === true)].n", "[\"p\"]"), ("$.a.b[?(@ >= 3)]", "[3,4]"),
        ("$.spans[*].tags[?(@.k == 't' && @.v == 'sql')].length()", "[2]"), ("$.spans[?(@.tags[?(@.v == 'web')])].length()", "[1]"),
        ("$.spans[*].tags[?(@.v == 'none')].length()", "[0]"), ("$.list[?(@.n == \"p\")].length()", "[1]"), ("$.nothing.at.all", "[]"),
    ])
    func `a path finds values`(path: String, found: String) throws {
        let value = try Value.parse(json: Self.document.utf8)
        #expect(try Value.list(JSONPath(path).evaluate(on: value)).json() == found)
    }

    @Test(arguments: [
        ("", 1, "a JSON path starts with $"), ("a.b", 1, "a JSON path starts with $"), ("$.", 3, "expected a name, found the end"),
        ("$.a[", 5, "expected a name in quotes, a number, *, : or ?( ), found the end"), ("$.a[1", 6, "expected ], found the end"),
        ("$['a", 3, "this quote is never closed"), ("$.a b", 5, "unexpected \"b\""), ("$.sum()", 3, "the only function is length()"),
        ("$[?(@.a = 1)]", 9, "expected ), found \"=\""), ("$[?(@.a == )]", 12, "expected @, $, a text in quotes or a number, found \")\""),
        ("$[::0]", 6, "the step of a slice must not be 0"), ("$[99999999999]", 3, "expected a number below 1000000000"),
        ("$[?(@.a =~ /x)]", 13, "this regular expression has no closing slash"),
    ])
    func `a mistake in a path has its column`(path: String, column: Int, reason: String) {
        #expect(throws: JSONPathError(column: column, reason: reason)) { try JSONPath(path) }
    }

    @Test func `endless nesting is refused`() {
        #expect(throws: JSONPathError.self) { try JSONPath("$" + String(repeating: "[?(@", count: 500)) }
        #expect(throws: JSONPathError.self) { try JSONPath("$[?(" + String(repeating: "!", count: 500)) }
    }
}
