import Base

/// A compiled step at work: made once when a wiring is loaded, run for every request that reaches it, on the shop's loop.
public protocol Operation: AnyObject {
    /// Runs the step.
    ///
    /// - Returns: The step's result, which later steps find under the step's name.
    /// - Throws: `Failure`, or any error, which becomes one with the step's file and line.
    func run(_ exchange: Exchange) async throws -> Value
}

/// An operation that seldom or never waits: it runs without a suspension point, which costs more than most steps' work.
public protocol ImmediateOperation: Operation {
    /// Runs the step at once.
    ///
    /// - Returns: The step's result; nil when this time it has to wait: nothing has happened then, and `run` does it.
    func runNow(_ exchange: Exchange) throws -> Value?
}

extension ImmediateOperation {
    public func run(_ exchange: Exchange) async throws -> Value { try runNow(exchange) ?? .null }
}

/// Operations of one domain, offered to all packs by name: `records.list`, `orders.place`.
public protocol Handler: Sendable {
    /// The first half of the operations' names.
    var name: String { get }
    /// One sentence for `shophost handlers`.
    var summary: String { get }
    var operations: [OperationDeclaration] { get }
}

/// What an operation is called, what it takes and gives, and how a step of it is compiled.
public struct OperationDeclaration: Sendable {
    /// As packs write it, for example `records.list`; glue operations have no dot.
    public let name: String
    public let summary: String
    public let options: [OptionDeclaration]
    /// What the step's name stands for afterwards; empty when nothing.
    public let result: String
    /// Called for each step of this operation after its options were checked. Mistakes that only the operation can see are reported
    /// through `StepOptions.report`.
    public let compile: @Sendable (StepOptions) -> any Operation

    public init(
        _ name: String, _ summary: String, options: [OptionDeclaration] = [], result: String = "",
        compile: @escaping @Sendable (StepOptions) -> any Operation
    ) {
        self.name = name
        self.summary = summary
        self.options = options
        self.result = result
        self.compile = compile
    }
}

/// One option of an operation: the source of its validation, its JSON Schema and its documentation.
public struct OptionDeclaration: Sendable {
    public enum Kind: Sendable {
        /// Text that may hold expressions in braces.
        case text
        /// Any JSON; texts in it may hold expressions.
        case shape
        /// An expression without braces, for example `(cart.items | count) == 0`.
        case expression
        /// A list of steps.
        case steps
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case boolean
        case choice([String])
        /// The name of a service of the pack.
        case service
        /// A view of the pack, `.mustache` left out.
        case view
        /// A table of the service's database.
        case table
        /// SQL with `:name` parameters.
        case sql
        /// `"x in list"`: declares x inside the step.
        case loop
        /// An object whose keys are free and whose values are of one kind.
        indirect case map(Kind)
        /// A list of texts without expressions.
        case names
    }

    public let name: String
    public let kind: Kind
    public let summary: String
    public let isRequired: Bool
    /// For documentation and schema; the operation applies it.
    public let standard: Value?

    public init(_ name: String, _ kind: Kind, _ summary: String, required: Bool = false, default standard: Value? = nil) {
        self.name = name
        self.kind = kind
        self.summary = summary
        isRequired = required
        self.standard = standard
    }
}

/// The handlers that a host knows, by operation name.
public struct HandlerRegistry: Sendable {
    public let handlers: [any Handler]
    private let declarations: [String: OperationDeclaration]

    /// - Precondition: Two handlers must not offer the same operation.
    public init(_ handlers: [any Handler]) {
        self.handlers = handlers
        declarations = Dictionary(
            handlers.flatMap(\.operations).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in preconditionFailure("two handlers offer the operation \"\(first.name)\"; rename one") })
    }

    public func declaration(of operation: String) -> OperationDeclaration? { declarations[operation] }

    public var operationNames: [String] { Array(declarations.keys) }

    public func adding(_ more: [any Handler]) -> HandlerRegistry { HandlerRegistry(handlers + more) }
}
