import Base
import Testing

@testable import Storefront

struct ExpressionTests {
    @Test(arguments: [
        // literals and names
        ("7", "7"), ("1.5", "1.5"), ("'text'", "\"text\""), ("true", "true"), ("null", "null"), ("x", "5"), ("order.number", "\"R1\""),
        ("order.first-line", "7"),
        ("items.0.brand.name", "\"North\""), ("items.-1.id", "2"), ("items.count", "2"), ("''", "\"\""), ("'é'", "\"é\""),
        // precedence
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 - 4 - 3", "3"), ("2 * 6 / 4", "3"), ("7 / 2", "3.5"), ("8 / 2", "4"), ("7 % 4", "3"),
        ("-x + 1", "-4"), ("- -x", "5"),
        ("1 + 1 == 2 and 3 < 4", "true"), ("true or false and false", "true"), ("(true or false) and false", "false"), ("not true or true", "true"),
        ("not (true or true)", "false"), ("not not x", "true"), ("x - 1 | max: 3", "4"), ("x | max: 3 + 9", "12"),
        ("order.first-line - 1", "6"), ("order.first-line -1", "6"),
        // what `and` and `or` give
        ("nothing or 'other'", "\"other\""), ("x or 'other'", "5"), ("x and name", "\"Ann\""), ("empty and x", "\"\""),
        // comparison
        ("1 == 1.0", "true"), ("true == 1", "true"), ("'1' == 1", "false"), ("'b' > 'a'", "true"), ("'10' < 9", "false"), ("x >= 5", "true"),
        ("x <= 4", "false"), ("x != 5", "false"),
        ("2 in words", "false"), ("'a' in words", "true"), ("words contains 'b'", "true"), ("'Ann' contains 'nn'", "true"),
        ("'number' in order", "true"), ("nothing == null", "true"),
        // text and lists
        ("'a' + 1", "\"a1\""), ("words + words | count", "6"), ("1 + '2'", "3.0"), ("9223372036854775807 + 1", "9.223372036854776e+18"),
        // optional names
        ("order.missing?", "null"), ("nothing.deep?", "null"), ("order.number?", "\"R1\""), ("items.9?", "null"),
        ("order.missing? or 'none'", "\"none\""),
    ])
    func `an expression has this value`(_ text: String, _ expected: String) throws {
        #expect(try TestFrame.make().value(text).json() == expected)
    }

    @Test(arguments: [
        ("'  a b ' | trim", "a b"), ("name | upper", "ANN"), ("name | lower", "ann"), ("x | string", "5"),
        ("order | json", #"{"number":"R1","first-line":7,"lines":[]}"#),
        ("'[1,2]' | parse | sum", "3"), ("'{' | parse", ""), ("'a b&é' | urlencode", "a%20b%26%C3%A9"), ("name | base64", "QW5u"),
        ("'QW5u' | unbase64", "Ann"),
        ("'!' | unbase64", ""), ("name | length", "3"), ("nothing | default: 'x'", "x"), ("empty | default: 'x'", "x"), ("x | default: 'x'", "5"),
        ("'a-b-c' | replace: '-', '+'", "a+b+c"), ("'a,b,,c' | split: ',' | count", "3"), ("'a=b=c' | before: '='", "a"),
        ("'a=b=c' | after: '='", "b=c"),
        ("'abc' | after: '='", ""), ("'abcdef' | last: 4", "cdef"), ("'abc' | last: 0 - 1", ""), ("items | count", "2"), ("nothing | count", "0"),
        ("words | first", "b"),
        ("words | take: 2 | join: '+'", "b+a"), ("words | drop: 1 | join: '+'", "a+c"), ("words | drop: 0 - 1 | count", "3"),
        ("items | pluck: 'id' | join: ','", "1,2"),
        ("items | where: 'id', 2 | pluck: 'cents' | first", "100"), ("items | sum: 'cents'", "350"), ("'a,b,a' | split: ',' | distinct | join: ','", "a,b"), ("items + items | distinct: 'id' | count", "2"), ("'' | sum", "0"),
        ("words | numbered | pluck: 'index' | join: ''", "012"),
        ("3 | range | join: ''", "123"), ("'12' | int", "12"), ("'12x' | int", ""), ("'1.5' | number", "1.5"), ("2 | float", "2.0"),
        ("price | money", "$15.99"),
        ("0 - 5 | money", "-$0.05"), ("123456789 | money", "$1,234,567.89"), ("price | decimal", "15.99"), ("500 | decimal", "5.0"),
        ("half | fixed: 2", "0.50"), ("(99.99 | float32) + (4.99 | float32) | short32", "104.979996"), ("(15 | float32) + (4.99 | float32) | short32", "19.99"),
        ("11.0 | short32", "11"), ("255 | hex: 4", "00ff"), ("70000 | hex: 2", "11170"), ("236974386 | duration", "236.974386ms"),
        ("25772 | duration", "25.772µs"), ("1500000000 | duration", "1.5s"), ("0 | duration", "0s"), ("7 | duration", "7ns"),
        ("0 - half | fixed: 0", "-1"), ("1 / 3 | fixed: 4", "0.3333"), ("x | max: 9", "9"), ("x | min: 9", "5"), ("1.2 | ceiling", "2"),
        ("2.5 | rounded", "3"),
        ("'1e300' | rounded", "1e+300"), ("'nan' | ceiling | string", "null"), ("0 - 9223372036854775807 - 1 | money", "-$92,233,720,368,547,758.08"),
        ("empty | bool", "false"), ("x | bool", "true"),
    ])
    func `a filter gives this text`(_ text: String, _ expected: String) throws {
        #expect(try TestFrame.make().value(text).text == expected)
    }

    @Test(arguments: [
        ("", 0, "the expression ends where a value should be"), ("1 +", 3, "the expression ends where a value should be"),
        ("(1", 2, "expected \")\""),
        ("1 2", 2, "unexpected \"2\""), ("'open", 0, "this text has no closing '"), ("1.2.3", 0, "\"1.2.3\" is not a number"),
        ("x.", 2, "expected a name after \".\""),
        ("x |", 3, "expected the name of a filter after \"|\""), ("x | uper", 4, "no filter named \"uper\"; did you mean \"upper\"?"),
        ("x | default", 4, "filter \"default\" takes one argument"), ("x | upper: 1", 4, "filter \"upper\" takes no argument"),
        ("itms", 0, "nothing here is named \"itms\"; did you mean \"items\"?"),
        ("x = 1", 2, "unexpected \"= 1\""), ("$", 0, "unexpected \"$\""), ("1 < 2 == true", 6, "unexpected \"== true\""),
        ("missing?", 0, "nothing here is named \"missing\""),
        ("{x}", 0, "an expression stands without braces; they are for expressions within texts"),
        (String(repeating: "(", count: 65) + "1", 65, "nested deeper than 64 levels"),
        (String(repeating: "-", count: 65) + "1", 65, "nested deeper than 64 levels"),
        (String(repeating: "not ", count: 65) + "x", 259, "nested deeper than 64 levels"),
        (String(repeating: "1+", count: 2_100) + "1", 0, "an expression has at most 4096 bytes"),
    ])
    func `a mistake in an expression is named with its byte`(_ text: String, _ offset: Int, _ message: String) {
        let error = #expect(throws: SyntaxError.self) { try ExpressionParser.parse(text, scope: TestFrame.make().scope) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
    }

    @Test(arguments: [
        ("order.nmber", ExpressionError.Kind.undefinedName, "\"order\" has no \"nmber\"; did you mean \"number\"?"),
        ("nothing.name", .undefinedName, "\"nothing\" is null, so it has no \"name\""),
        ("items.1.brand.name", .undefinedName, "\"items.1.brand\" is null, so it has no \"name\""),
        ("name.first", .undefinedName, "\"name\" has no \"first\""), ("items.7", .undefinedName, "\"items\" has no \"7\""),
        ("name * 2", .wrongType, "\"*\" does not work on text and a number"),
        ("nothing + 1", .wrongType, "\"+\" does not work on null and a number"),
        ("words < 1", .wrongType, "\"<\" does not work on a list and a number"), ("1 / 0", .wrongType, "division by zero"),
        ("1 % 0", .wrongType, "division by zero"), ("order - flag", .wrongType, "\"-\" does not work on a record and a boolean"),
        ("request.path", .undefinedName, "\"request\" has no value here"),
    ])
    func `a value that does not fit is named with its path`(_ text: String, _ kind: ExpressionError.Kind, _ message: String) {
        let error = #expect(throws: ExpressionError.self) { try TestFrame.make().value(text) }
        #expect(error?.kind == kind)
        #expect(error?.message == message)
    }

    @Test func `a path finds its field in records of different layouts`() throws {
        let frame = TestFrame(["row": .null])
        let expression = try ExpressionParser.parse("row.b", scope: frame.scope)
        for row: Value in [.object(["a": 1, "b": 2]), .object(["b": 3]), .object(["a": 1, "c": 2, "b": 4])] {
            frame.slots[0] = row
            #expect(try expression.evaluate(frame) == row["b"])
        }
    }

    @Test func `a name declared in a block ends with it and gives an outer one back`() {
        let scope = Scope()
        let outer = scope.declare("x")
        let inner = scope.block {
            _ = scope.declare("y")
            return scope.declare("x")
        }
        #expect(inner != outer)
        #expect(scope.slot(of: "x") == outer)
        #expect(scope.slot(of: "y") == nil)
        #expect(scope.slotCount == 3)
    }
}

struct TextTemplateTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("{x}", "5"), ("a {x} b {name}!", "a 5 b Ann!"), ("{{x}}", "{x}"), ("{{{x}}}", "{5}"),
        ("{price | money} net", "$15.99 net"), ("{nothing}", ""),
        ("é {name}", "é Ann"), ("{order.missing? or 'a'}{x}", "a5"),
    ])
    func `a template gives this text`(_ template: String, _ expected: String) throws {
        let frame = TestFrame.make()
        #expect(try TextTemplate.parse(template, scope: frame.scope).text(frame) == expected)
    }

    @Test(arguments: [
        ("a {x", 2, "\"{\" without \"}\"; write {{ for a brace"), ("a } b", 2, "\"}\" without \"{\"; write }} for a brace"),
        ("{}", 1, "the expression ends where a value should be"),
        ("{x y}", 3, "unexpected \"y\""), ("12345{ xx }", 7, "nothing here is named \"xx\"; did you mean \"x\"?"),
    ])
    func `a mistake in a template is named with its byte`(_ template: String, _ offset: Int, _ message: String) {
        let error = #expect(throws: SyntaxError.self) { try TextTemplate.parse(template, scope: TestFrame.make().scope) }
        #expect(error?.offset == offset)
        #expect(error?.message == message)
    }

    @Test func `random templates and expressions end with a value or an error`() {
        let pieces = [
            "x", "order", ".number", "?", "|", "upper", ":", "(", ")", "'", "{", "}", "{{", "1", ".", "-", "+", "*", "/", "%", "and", "or", "not",
            "in", "==", "<", " ", "é", ",", "split", "last", "items",
        ]
        var random = SeededRandom(seed: 3)
        let frame = TestFrame.make()
        var parsed = 0
        for _ in 0..<30_000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            if let template = try? TextTemplate.parse(text, scope: frame.scope) {
                parsed += 1
                _ = try? template.text(frame)
            }
            do {
                _ = try ExpressionParser.parse(text, scope: frame.scope).evaluate(frame)
                parsed += 1
            } catch let error as SyntaxError {
                #expect((0...text.utf8.count).contains(error.offset))
            } catch {
                #expect(error is ExpressionError)
            }
        }
        #expect(parsed > 1_000)
    }
}
