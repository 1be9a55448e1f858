import Base
import HTTP

/// Judges the assertions of one step against its response.
struct AssertionJudge {
    private let response: ClientResponse
    private let scope: VariableScope
    private let text: String
    /// Parsed once for all JSON assertions; the message says why the body is no JSON.
    private let document: Result<Value, Problem>

    /// Bytes of a body that results keep.
    private static let keptLimit = 1_000

    init(_ response: ClientResponse, _ scope: VariableScope) {
        self.response = response
        self.scope = scope
        text = String(decoding: response.body, as: UTF8.self)
        document = Self.parse(response.body)
    }

    private static func parse(_ body: [UInt8]) -> Result<Value, Problem> {
        do { return .success(try Value.parse(json: body)) } catch { return .failure(error) }
    }

    /// - Throws: `INVALID_TEST` when the assertion itself is at fault, for example a variable without a value.
    func judge(_ assertion: Assertion) throws(CheckFailure) -> AssertionResult {
        do {
            switch assertion.test {
            case .compare(let comparison, let target): return try compare(assertion.subject, comparison, try expand(target))
            case .jsonPath(let test): return try follow(test)
            case .schema(let schema): return validate(schema)
            case .digest(let digest, let hex): return hash(digest, try scope.expand(hex).lowercased())
            }
        } catch let error as PatternError {
            throw CheckFailure(.invalidTest, "\"\(error.pattern)\" is not a regular expression: \(error.reason)")
        } catch let error as CheckFailure {
            throw error
        } catch {
            throw CheckFailure(.unknown, "\(error)")
        }
    }

    private func expand(_ target: Value) throws(CheckFailure) -> Value {
        if case .string(let text) = target { return .string(try scope.expand(text)) }
        return target
    }

    private func compare(_ subject: Assertion.Subject, _ comparison: Comparison, _ target: Value) throws(PatternError) -> AssertionResult {
        var property: String?
        let actual: Value?
        switch subject {
        case .statusCode: actual = .int(response.status)
        case .responseTime(let withoutDNS):
            actual = .double((withoutDNS ? response.timings.total - response.timings.dns : response.timings.total).milliseconds)
        case .header(let name):
            let name = (try? scope.expand(name)) ?? name
            property = name
            let values = response.headers.values(name)
            actual = values.isEmpty ? nil : .string(values.joined(separator: ", "))
        case .body, .bodyHash: actual = .string(text)
        }
        return AssertionResult(
            type: subject.typeName, operatorName: comparison.rawValue, property: property, expected: target, actual: actual.map(Self.cut),
            isValid: try comparison.holds(actual, target), wording: Self.wording(comparison, target))
    }

    private static func wording(_ comparison: Comparison, _ target: Value) -> String {
        guard comparison.needsTarget else { return comparison.wording }
        let isText = if case .string = target { true } else { false }
        return "\(comparison.wording) \(isText && !comparison.takesNumber ? "\"\(target.plainText)\"" : target.shortText)"
    }

    private func follow(_ test: JSONPathTest) throws -> AssertionResult {
        let target = try expand(test.target)
        var result = AssertionResult(
            type: "body", operatorName: "validatesJSONPath", property: test.path.text, expected: target, isValid: false,
            wording: Self.wording(test.comparison, target))
        switch document {
        case .success(let value):
            let verdict = try test.judge(value, target: target)
            result.isValid = verdict.holds
            result.actual = verdict.actual.map(Self.cut)
        case .failure(let problem):
            result.reason = "The body is not JSON: line \(problem.location.line), column \(problem.location.column): \(problem.message)"
        }
        return result
    }

    private func validate(_ schema: JSONSchema) -> AssertionResult {
        var result = AssertionResult(
            type: "body", operatorName: "validatesJSONSchema", expected: .null, isValid: false, wording: "should follow the JSON schema")
        switch document {
        case .success(let value):
            let violation = schema.violation(of: value)
            result.isValid = violation == nil
            result.reason = violation.map { "At \($0)" }
        case .failure(let problem): result.reason = "The body is not JSON: \(problem.message)"
        }
        return result
    }

    private func hash(_ digest: Digest, _ hex: String) -> AssertionResult {
        let actual = digest.hex(of: response.body)
        return AssertionResult(
            type: "bodyHash", operatorName: digest.rawValue, expected: .string(hex), actual: actual.map { .string($0) }, isValid: actual == hex,
            wording: "should be \"\(hex)\"", reason: actual == nil ? "This machine's OpenSSL refuses \(digest.rawValue)" : nil)
    }

    private static func cut(_ value: Value) -> Value {
        let text = value.plainText
        return text.utf8.count > keptLimit ? .string(String(text.prefix(keptLimit)) + "…") : value
    }
}
