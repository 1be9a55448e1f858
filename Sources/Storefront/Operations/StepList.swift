import Base

/// Steps that run one after the other, until one has answered.
public final class StepList {
    public let steps: [Step]

    public init(_ steps: [Step]) { self.steps = steps }

    public var isEmpty: Bool { steps.isEmpty }

    public func run(_ exchange: Exchange) async throws {
        for step in steps {
            try await step.run(exchange)
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

    init(name: String?, line: Int, slot: Int?, operation: any Operation) {
        self.name = name
        self.line = line
        self.slot = slot
        self.operation = operation
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
