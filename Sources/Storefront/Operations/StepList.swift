import Base

/// Steps that run one after the other, until one has answered.
public final class StepList {
    public let steps: [Step]

    public init(_ steps: [Step]) { self.steps = steps }

    public var isEmpty: Bool { steps.isEmpty }

    public func run(_ exchange: Exchange) async throws { try await run(exchange, from: 0) }

    func run(_ exchange: Exchange, from first: Int) async throws {
        var next = first
        while let waiting = try runNow(exchange, from: next) {
            try await steps[waiting].run(exchange)
            if exchange.response != nil { return }
            next = waiting + 1
        }
    }

    /// Runs steps as long as none has to wait.
    ///
    /// - Returns: The step that has to; nil when no more are to be run.
    func runNow(_ exchange: Exchange, from first: Int = 0) throws -> Int? {
        for index in first..<steps.count {
            if try !steps[index].runNow(exchange) { return index }
            if exchange.response != nil { return nil }
        }
        return nil
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
