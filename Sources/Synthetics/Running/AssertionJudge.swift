import Base

/// Judges the assertions of one step against what its request showed.
struct AssertionJudge {
    private let observation: any Observation
    private let scope: VariableScope

    init(_ observation: any Observation, _ scope: VariableScope) {
        self.observation = observation
        self.scope = scope
    }

    /// - Throws: `INVALID_TEST` when the assertion itself is at fault, for example a variable without a value.
    func judge(_ assertion: Assertion) throws(CheckFailure) -> AssertionResult {
        do {
            switch assertion.test {
            case .compare(let comparison, let target): return try compare(try expand(assertion.subject), comparison, try expand(target))
            case .expiry(let days, let isMore): return try judgeExpiry(try expand(days), isMore)
            case .jsonPath, .xPath, .schema, .digest:
                guard let body = observation.body else { throw CheckFailure(.invalidTest, "there is no body to look at") }
                return try BodyJudge(body, scope).judge(assertion.test)
            }
        } catch let error as CheckPatternError {
            throw CheckFailure(.invalidTest, "\"\(error.pattern)\" is no regular expression that can be used here: \(error.reason)")
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

    private func expand(_ subject: Assertion.Subject) throws(CheckFailure) -> Assertion.Subject {
        switch subject {
        case .header(let name): .header(try scope.expand(name))
        case .property(let name): .property(try scope.expand(name))
        default: subject
        }
    }

    private func compare(_ subject: Assertion.Subject, _ comparison: Comparison, _ target: Value) throws -> AssertionResult {
        var result = AssertionResult(
            type: subject.typeName, operatorName: comparison.rawValue, property: subject.property, expected: target, isValid: false,
            wording: Self.wording(comparison, target))
        if case .record(let type, let every) = subject {
            let records = observation.records(of: type).map { Value.string($0) }
            var holds = !records.isEmpty
            if every { for record in records where try !comparison.holds(record, target) { holds = false } } else {
                holds = try records.contains { try comparison.holds($0, target) }
            }
            result.isValid = holds
            result.actual = records.isEmpty ? nil : .list(records)
            return result
        }
        let actual = observation.value(of: subject)
        result.isValid = try comparison.holds(actual, target)
        result.keep(actual)
        if subject == .body, observation.body?.isHidden == true { result.hideActual() }
        return result
    }

    private func judgeExpiry(_ days: Value, _ isMore: Bool) throws(CheckFailure) -> AssertionResult {
        guard let limit = days.number else { throw CheckFailure(.invalidTest, "\"\(days.plainText)\" is no number of days") }
        let actual = observation.value(of: .certificate)
        let remaining = actual?.number
        return AssertionResult(
            type: "certificate", operatorName: isMore ? "isInMoreThan" : "isInLessThan", expected: days,
            actual: remaining.map { .double(($0 * 100).rounded() / 100) }, isValid: remaining.map { isMore ? $0 > limit : $0 < limit } ?? false,
            wording: "will expire in \(isMore ? "more" : "less") than \(days.shortText)")
    }

    static func wording(_ comparison: Comparison, _ target: Value) -> String {
        guard comparison.needsTarget else { return comparison.wording }
        let isText = if case .string = target { true } else { false }
        return "\(comparison.wording) \(isText && !comparison.takesNumber ? "\"\(target.plainText)\"" : target.shortText)"
    }
}
