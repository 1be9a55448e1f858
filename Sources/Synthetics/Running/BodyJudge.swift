import Base

/// Judges assertions that look into a response body.
struct BodyJudge {
    private let body: ObservedBody
    private let scope: VariableScope

    init(_ body: ObservedBody, _ scope: VariableScope) {
        self.body = body
        self.scope = scope
    }

    func judge(_ test: Assertion.Test) throws -> AssertionResult {
        var result =
            switch test {
            case .jsonPath(let test): try follow(test)
            case .xPath(let test): try follow(test)
            case .schema(let schema): validate(try schema.resolve(scope))
            case .digest(let digest, let hex): hash(digest, try scope.expand(hex).lowercased())
            case .compare, .expiry: throw CheckFailure(.invalidTest, "this assertion is not about a body")
            }
        if body.isHidden { result.hideActual() }
        return result
    }

    private func expand(_ target: Value) throws(CheckFailure) -> Value {
        if case .string(let text) = target { return .string(try scope.expand(text)) }
        return target
    }

    private func follow(_ test: JSONPathTest) throws -> AssertionResult {
        let target = try expand(test.target)
        let path = try test.path.resolve(scope)
        var result = AssertionResult(
            type: "body", operatorName: "validatesJSONPath", property: path.text, expected: target, isValid: false,
            wording: AssertionJudge.wording(test.comparison, target))
        switch body.json {
        case .success(let value):
            let verdict = try test.judge(path.evaluate(on: value), target: target)
            result.isValid = verdict.holds
            result.keep(verdict.actual)
        case .failure(let problem):
            result.reason = "The body is not JSON: line \(problem.location.line), column \(problem.location.column): \(problem.message)"
        }
        return result
    }

    private func follow(_ test: XPathTest) throws -> AssertionResult {
        let target = try expand(test.target)
        let path = try test.path.resolve(scope)
        var result = AssertionResult(
            type: "body", operatorName: "validatesXPath", property: path.text, expected: target, isValid: false,
            wording: AssertionJudge.wording(test.comparison, target))
        let document: MarkupDocument
        do { document = try body.markup() } catch {
            result.reason = error.reason
            return result
        }
        do {
            let found = try path.evaluate(on: document)
            result.isValid = try test.comparison.holds(found, target)
            result.keep(found)
        } catch let error as ExpressionError {
            throw CheckFailure(.invalidTest, "the XPath \(path.text) cannot be evaluated: \(error.reason)")
        }
        return result
    }

    private func validate(_ schema: JSONSchema) -> AssertionResult {
        var result = AssertionResult(
            type: "body", operatorName: "validatesJSONSchema", expected: .null, isValid: false, wording: "should follow the JSON schema")
        switch body.json {
        case .success(let value):
            let violation = schema.violation(of: value)
            result.isValid = violation == nil
            result.reason = violation.map { "At \($0)" }
        case .failure(let problem): result.reason = "The body is not JSON: \(problem.message)"
        }
        return result
    }

    private func hash(_ digest: Digest, _ hex: String) -> AssertionResult {
        let actual = digest.hex(of: body.bytes)
        return AssertionResult(
            type: "bodyHash", operatorName: digest.rawValue, expected: .string(hex), actual: actual.map { .string($0) }, isValid: actual == hex,
            wording: "should be \"\(hex)\"", reason: actual == nil ? "This machine's OpenSSL refuses \(digest.rawValue)" : nil)
    }
}
