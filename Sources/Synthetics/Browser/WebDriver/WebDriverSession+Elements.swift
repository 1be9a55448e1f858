import Base

extension WebDriverSession {
    /// - Parameter strategy: `css selector` or `xpath`.
    /// - Throws: `no such element`.
    func find(_ strategy: String, _ value: String, within limit: Duration) async throws(WebDriverError) -> ElementReference {
        let answer = try await command("POST", "/element", Self.query(strategy, value), within: limit)
        guard let element = ElementReference(answer) else { throw WebDriverError(.malformed, "the driver named no element") }
        return element
    }

    func findAll(_ strategy: String, _ value: String, within limit: Duration) async throws(WebDriverError) -> [ElementReference] {
        (try await command("POST", "/elements", Self.query(strategy, value), within: limit).elements ?? []).compactMap { ElementReference($0) }
    }

    private static func query(_ strategy: String, _ value: String) -> Value { .object(["using": .string(strategy), "value": .string(value)]) }

    func click(_ element: ElementReference, within limit: Duration) async throws(WebDriverError) {
        _ = try await command("POST", "/element/\(element.id)/click", within: limit)
    }

    func clear(_ element: ElementReference, within limit: Duration) async throws(WebDriverError) {
        _ = try await command("POST", "/element/\(element.id)/clear", within: limit)
    }

    func type(_ text: String, into element: ElementReference, within limit: Duration) async throws(WebDriverError) {
        _ = try await command("POST", "/element/\(element.id)/value", .object(["text": .string(text)]), within: limit)
    }

    func isEnabled(_ element: ElementReference, within limit: Duration) async throws(WebDriverError) -> Bool {
        try await command("GET", "/element/\(element.id)/enabled", within: limit).isTruthy
    }

    /// Whether a person would see it.
    func isDisplayed(_ element: ElementReference) async throws(WebDriverError) -> Bool {
        try await command("GET", "/element/\(element.id)/displayed").isTruthy
    }

    /// Nil for an attribute that the element does not have.
    func attribute(_ name: String, of element: ElementReference, within limit: Duration) async throws(WebDriverError) -> String? {
        let value = try await execute("return arguments[0].getAttribute(arguments[1])", [element.value, .string(name)], within: limit)
        return value.isNull ? nil : value.text
    }
}
