import Base

/// Steps that run one after the other, until one has answered.
public final class StepList {
    public let steps: [Step]

    public init(_ steps: [Step]) { self.steps = steps }

    public var isEmpty: Bool { steps.isEmpty }

    public func run(_ exchange: Exchange) async throws {
        for step in steps {
            if try !step.runNow(exchange) { try await step.run(exchange) }
            if exchange.response != nil { return }
        }
    }
}

/// One step of a wiring, ready to run.
public final class Step {
    public let name: String?
    /// The line of the effective wiring where it stands.
    public let line: Int
    let slot: Int?
    let operation: any Operation
    private let immediate: (any ImmediateOperation)?

    init(name: String?, line: Int, slot: Int?, operation: any Operation) {
        self.name = name
        self.line = line
        self.slot = slot
        self.operation = operation
        immediate = operation as? any ImmediateOperation
    }

    /// Runs the step if it need not wait.
    ///
    /// - Returns: False when it has to; nothing has happened then.
    func runNow(_ exchange: Exchange) throws -> Bool {
        guard let immediate else { return false }
        do {
            guard let value = try immediate.runNow(exchange) else { return false }
            if let slot { exchange.slots[slot] = value }
            return true
        } catch {
            throw Failure(error, in: exchange, line: line)
        }
    }

    func run(_ exchange: Exchange) async throws {
        do {
            let value = try await operation.run(exchange)
            if let slot { exchange.slots[slot] = value }
        } catch {
            throw Failure(error, in: exchange, line: line)
        }
    }
}
