import Base

@testable import Storefront

/// A frame with a few values by name, and a scope that knows them.
final class TestFrame: Frame {
    let scope = Scope()

    init(_ values: KeyValuePairs<String, Value>) {
        super.init()
        for (name, value) in values {
            _ = scope.declare(name)
            slots.append(value)
        }
        // Room for what shapes declare.
        slots += [Value](repeating: .null, count: 16)
    }

    static func make() -> TestFrame {
        TestFrame([
            "x": 5, "price": 1599, "name": "Ann", "nothing": .null, "empty": "", "half": 0.5, "flag": true,
            "items": .list([
                .object(["id": 1, "cents": 250, "brand": .object(["name": "North"])]), .object(["id": 2, "cents": 100, "brand": .null]),
            ]),
            "words": ["b", "a", "c"], "order": .object(["number": "R1", "first-line": 7, "lines": []]),
        ])
    }

    func value(_ text: String) throws -> Value { try ExpressionParser.parse(text, scope: scope).evaluate(self) }
}
