import Base

extension BrowserTab {
    // MARK: Texts

    /// What a person reads in an element, or what a field holds; without spaces at both ends.
    func content(of element: ElementReference, _ patience: Patience) async throws(Obstacle) -> String {
        try await command { () throws(WebDriverError) in
            try await self.session.execute(Self.contentScript, [element.value], within: patience.limit).text
        }
    }

    private static let contentScript = """
        const e = arguments[0], isField = /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName);
        return String((isField ? e.value : e.innerText ?? e.textContent) ?? '').trim();
        """

    /// What a person reads on the page.
    func pageText(_ patience: Patience) async throws(Obstacle) -> String {
        try await command { () throws(WebDriverError) in
            try await self.session.execute("return document.body ? document.body.innerText : ''", within: patience.limit).text
        }
    }

    /// Waits until the element holds something.
    func extractText(
        of locator: ElementLocator, _ pattern: String?, _ name: String, _ patience: Patience
    ) async throws(CheckFailure) -> String {
        try await patience.until { () throws(Obstacle) in
            let text = try await self.content(of: try await self.find(locator, patience), patience)
            if text.isEmpty { throw Obstacle(.extractVariable, "no value for \(name): \(locator.description) is empty") }
            guard let pattern else { return text }
            guard let found = try? CheckPattern(pattern).extract(from: text) else {
                throw Obstacle(.extractVariable, "no value for \(name): nothing in \"\(text)\" matches \(pattern)")
            }
            return found
        }
    }

    // MARK: Code

    func extract(
        _ code: String, _ locator: ElementLocator?, _ scope: VariableScope, _ name: String, _ patience: Patience
    ) async throws(CheckFailure) -> String {
        try await patience.until { () throws(Obstacle) in
            let value = try await self.evaluate(code, locator, scope, patience)
            if value.isNull { throw Obstacle(.extractVariable, "no value for \(name): the code returned nothing") }
            return value.plainText
        }
    }

    /// Runs a check's own code: the body of an asynchronous function that knows `vars` (the values of the variables it names) and `element`.
    func evaluate(_ code: String, _ locator: ElementLocator?, _ scope: VariableScope, _ patience: Patience) async throws(Obstacle) -> Value {
        let element: Value = if let locator { try await find(locator, patience).value } else { .null }
        let script = Self.opening + scope.expandKnown(code) + Self.closing
        let answer = try await command { () throws(WebDriverError) in
            try await self.session.executeAsync(script, [Self.variables(in: code, scope), element], within: patience.limit)
        }
        if case .string(let message)? = answer["error"] { throw Obstacle(.evaluateJavaScript, message) }
        return answer["value"] ?? .null
    }

    private static let opening = "const done = arguments[arguments.length - 1];\n(async function (vars, element) {\n"
    private static let closing = """

        })(arguments[0], arguments[1]).then(
          value => done({ value: value === undefined ? null : value }),
          error => done({ error: String(error) }));
        """

    /// As `evaluate`, in JavaScript's sense of truth.
    func isTrue(_ code: String, _ locator: ElementLocator?, _ scope: VariableScope, _ patience: Patience) async throws(Obstacle) -> Bool {
        try await evaluate("return !!(await (async () => {\n\(code)\n})())", locator, scope, patience) == .bool(true)
    }

    private static func variables(in code: String, _ scope: VariableScope) -> Value {
        var members: [(String, Value)] = []
        for match in code.matches(of: /\bvars(?:\.|\[["'])([A-Za-z_]\w*)/) {
            let name = String(match.1)
            if let value = scope[name], !members.contains(where: { $0.0 == name }) { members.append((name, .string(value))) }
        }
        return .record(Record(members))
    }
}

extension VariableScope {
    /// Fills in the places whose names have a value; code may hold double braces of its own.
    func expandKnown(_ code: String) -> String { Template.fill(code) { self[$0] ?? "{{ \($0) }}" } }
}
