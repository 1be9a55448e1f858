import Base
import Testing

@testable import Proving
@testable import Synthetics

@Suite struct ValueComparisonTests {
    private static func difference(_ expected: [Value], _ actual: [Value], isOrdered: Bool = true, ignoring: Set<String> = []) -> String? {
        let value = ProbeValue(name: "n", source: .body(""), isOrdered: isOrdered, ignored: ignoring, among: nil)
        return ValueComparison(value: value).difference(expected: expected, actual: actual, list: [])
    }

    private static let one: Value = .object(["id": 1, "name": "a", "kind": .object(["id": 2])])

    @Test func `the order of fields, further fields and the way numbers are written do not matter`() {
        #expect(Self.difference([Self.one], [.object(["name": "a", "more": true, "kind": .object(["id": 2.0]), "id": 1])]) == nil)
        #expect(Self.difference([Self.one], [.object(["id": 9, "name": "a", "kind": .object(["id": 8])])], ignoring: ["id"]) == nil)
        #expect(Self.difference([1, 2, 2], [2, 1, 2], isOrdered: false) == nil)
    }

    @Test func `missing fields, other values and texts for numbers do`() {
        #expect(Self.difference([Self.one], [.object(["id": 1, "name": "a"])])?.hasPrefix("n: expected {") == true)
        #expect(Self.difference([1], ["1"]) == #"n: expected 1, found "1""#)
        #expect(Self.difference([1, 2], [2, 1]) == "n: expected 1, found 2")
        #expect(Self.difference([[1, 2]], [[1]]) == "n: expected [1,2], found [1]")
        #expect(Self.difference([1, 2, 2], [1, 1, 2], isOrdered: false) == "n: expected 2, which is not there")
    }

    @Test func `of values that are too long to be shown the part that differs is`() {
        func order(_ total: Value, _ line: Value) -> Value {
            .object(["note": .string(String(repeating: "a", count: 90)), "lines": [1, line], "total": total])
        }
        let start = #"n: expected {"note":"\#(String(repeating: "a", count: 71))…, found {"note":"\#(String(repeating: "a", count: 71))…; "#
        #expect(Self.difference([order(9, 2)], [order(8, 2)]) == start + "total: expected 9, found 8")
        #expect(Self.difference([order(9, 2)], [order(9, .object(["id": 3]))]) == start + #"lines.1: expected 2, found {"id":3}"#)
        #expect(Self.difference([order(9, .object(["id": 3]))], [order(9, .object(["key": 3]))]) == start + "lines.1.id: expected 3, which is not there")
        #expect(Self.difference([order(9, 2)], [order(8, 3)], ignoring: ["lines"]) == start + "total: expected 9, found 8")
    }

    @Test func `lost and added values are counted, and one that is lost is named`() {
        #expect(Self.difference([1, 2, 3], [1, 3]) == "n: expected 3 values, found 2; 2 is missing")
        #expect(Self.difference([1], [1, 5]) == "n: expected 1 values, found 2")
        #expect(Self.difference([1, 2], []) == "n: expected 2 values, found nothing")
        #expect(Self.difference(["a"], []) == #"n: expected "a", found nothing"#)
    }

    @Test func `where the shop chooses at random every possible value is right`() {
        let query = ProbeQuery(database: "d", sql: "s", location: SourceLocation(file: "", line: 1, column: 1))
        let comparison = ValueComparison(value: ProbeValue(name: "n", source: .body(""), isOrdered: true, ignored: [], among: query))
        #expect(comparison.difference(expected: [1], actual: [3], list: [1, 2, 3]) == nil)
        #expect(comparison.difference(expected: [1], actual: [4], list: [1, 2, 3]) == "n: found 4, which is none of the 3 that are possible")
        #expect(comparison.difference(expected: [1], actual: [], list: [1, 2, 3]) == "n: nothing is there")
    }
}
