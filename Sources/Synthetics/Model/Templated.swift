import Base

/// Why a text is not the expression that it should be: what is wrong and, where that helps, at which column.
struct ExpressionError: Error, Equatable {
    var reason: String
}

/// Something written in a language of its own: a JSON path, an XPath, a regular expression, a JSON schema.
public protocol CheckExpression: Sendable {
    /// As a message calls it: "a JSON path".
    static var kindName: String { get }

    /// - Throws: `ExpressionError`.
    init(expression: String) throws
}

/// An expression that may hold `{{ NAME }}` places: it is read at once when it has none, and otherwise when they are filled in.
public struct Templated<Expression: CheckExpression>: Sendable {
    /// As written.
    public let text: String
    private let ready: Expression?

    init(_ text: String) throws(ExpressionError) {
        self.text = text
        ready = Template.hasPlaces(text) ? nil : try Self.read(text)
    }

    init(_ text: String, _ expression: Expression) {
        self.text = text
        ready = expression
    }

    private static func read(_ text: String) throws(ExpressionError) -> Expression {
        do { return try Expression(expression: text) } catch let error as ExpressionError { throw error } catch {
            throw ExpressionError(reason: "\(error)")
        }
    }

    /// The expression with its places filled in.
    ///
    /// - Throws: `INVALID_TEST` when a place has no value, or when the filled text is no expression.
    func resolve(_ scope: VariableScope) throws(CheckFailure) -> Expression {
        if let ready { return ready }
        let filled = try scope.expand(text)
        do { return try Self.read(filled) } catch {
            throw CheckFailure(.invalidTest, "\"\(filled)\" is not \(Expression.kindName): \(error.reason)")
        }
    }
}

extension JSONPath: CheckExpression {
    public static var kindName: String { "a JSON path" }
    public init(expression: String) throws {
        do { try self.init(expression) } catch { throw ExpressionError(reason: "column \(error.column): \(error.reason)") }
    }
}

extension CheckPattern: CheckExpression {
    public static var kindName: String { "a regular expression" }
    public init(expression: String) throws {
        do { try self.init(expression) } catch { throw ExpressionError(reason: error.reason) }
    }
}

extension JSONSchema: CheckExpression {
    public static var kindName: String { "a JSON schema" }
    public init(expression: String) throws {
        do { try self.init(Value.parse(json: expression.utf8)) } catch let error as JSONSchemaError {
            throw ExpressionError(reason: "at \(error.pointer.isEmpty ? "/" : error.pointer): \(error.reason)")
        } catch let error as Problem {
            throw ExpressionError(reason: "it is not JSON: column \(error.location.column): \(error.message)")
        }
    }
}
