import Base
import Faults
import HTTP

/// Glue between operations: choices, loops, values, failures, waiting.
public struct FlowHandler: Handler {
    public let name = "flow"
    public let summary = "Choices, loops, values, failures and waiting."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "set", "Gives a name to a value.", options: [OptionDeclaration("value", .shape, "the value", required: true)], result: "the value"
            ) { SetValue($0.shape("value") ?? .constant(.null)) },
            OperationDeclaration(
                "when", "Runs steps if a condition holds, others if not.",
                options: [
                    OptionDeclaration("if", .expression, "the condition", required: true),
                    OptionDeclaration("then", .steps, "steps to run when it holds"),
                    OptionDeclaration("else", .steps, "steps to run when it does not"),
                ]
            ) { options in When(options.requiredExpression("if"), options.steps("then"), options.steps("else")) },
            OperationDeclaration(
                "each", "Runs steps for each element of a list.",
                options: [
                    OptionDeclaration("each", .loop, "\"name in list\"", required: true),
                    OptionDeclaration("steps", .steps, "steps that may use the name", required: true),
                ]
            ) { options in
                let loop = options.loop("each", steps: "steps")
                return Each(loop.source, loop.slot, loop.steps)
            },
            OperationDeclaration(
                "collect", "Runs steps for each element of a list and gathers a value from each run.",
                options: [
                    OptionDeclaration("each", .loop, "\"name in list\"", required: true),
                    OptionDeclaration("steps", .steps, "steps that may use the name", required: true),
                    OptionDeclaration("gives", .shape, "a value, made of the name and of what the steps found", required: true),
                ], result: "list of the values"
            ) { options in
                let loop = options.loop("each", steps: "steps", giving: "gives")
                return Collect(loop.source, loop.slot, loop.steps, gives: loop.result)
            },
            OperationDeclaration(
                "attempt", "Runs steps; when one fails, runs the rescue steps instead of failing the request.",
                options: [
                    OptionDeclaration("steps", .steps, "steps that may fail; their results keep their names afterwards, null where they did not run", required: true),
                    OptionDeclaration("rescue", .steps, "steps to run after a failure; they see `error`", required: true),
                    OptionDeclaration("gives", .shape, "the step's value, made of what the steps found"),
                    OptionDeclaration("marks", .boolean, "a failure is told by the request's span although the request goes on", default: false),
                ], result: "what `gives` says; null after a failure"
            ) { options in
                // First, so that its steps see `error` and nothing that may be missing.
                let rescue = options.steps("rescue")
                let steps = options.openSteps("steps")
                return Attempt(steps, gives: options.shape("gives") ?? .constant(.null), rescue: rescue, marks: options.boolean("marks") ?? false)
            },
            OperationDeclaration(
                "fail", "Fails the request with an error of the service's own.",
                options: [
                    OptionDeclaration("message", .text, "what went wrong", required: true),
                    OptionDeclaration("type", .text, "name of the error's class"),
                    OptionDeclaration("status", .integer(400...599), "status of the answer", default: 500),
                ]
            ) { options in Fail(options.requiredText("message"), type: options.text("type"), status: options.integer("status") ?? 500) },
            OperationDeclaration(
                "sleep", "Waits.",
                options: DelayOptions.declarations + [OptionDeclaration("times", .expression, "so many times one after the other", default: 1)]
            ) { Sleep(DelayOptions.delay(of: $0), times: $0.expression("times")) },
            OperationDeclaration(
                "sometimes", "Runs steps for a share of the requests, chosen at random.",
                options: [
                    OptionDeclaration("percentage", .expression, "share of requests in percent, 0 to 100", required: true),
                    OptionDeclaration("then", .steps, "steps for the chosen requests", required: true),
                    OptionDeclaration("else", .steps, "steps for the others"),
                ]
            ) { options in Sometimes(options.requiredExpression("percentage"), options.steps("then"), options.steps("else")) },
            OperationDeclaration(
                "choose", "Picks one element of a list at random.",
                options: [
                    OptionDeclaration("from", .expression, "the list", required: true),
                    OptionDeclaration("otherwise", .text, "message of the failure when the value is not a list"),
                    OptionDeclaration("type", .text, "class of that failure"),
                ],
                result: "the element, null of an empty list"
            ) { options in Choose(options.requiredExpression("from"), otherwise: options.text("otherwise"), type: options.text("type")) },
            OperationDeclaration(
                "token", "Makes a random text of URL-safe letters and digits, or of hexadecimal digits.",
                options: [
                    OptionDeclaration("length", .integer(1...256), "number of characters", default: 22),
                    OptionDeclaration("digits", .choice(["url", "hex"]), "which characters", default: "url"),
                ], result: "the text"
            ) { MakeToken(length: $0.integer("length") ?? 22, isHex: $0.word("digits") == "hex") },
            OperationDeclaration("uuid", "Makes a random identifier as UUIDs are written (RFC 9562, version 4).", result: "the text") { _ in MakeUUID() },
            OperationDeclaration(
                "number", "Picks a whole number at random.",
                options: [
                    OptionDeclaration("from", .integer(-1_000_000_000...1_000_000_000), "least number", required: true),
                    OptionDeclaration("to", .integer(-1_000_000_000...1_000_000_000), "greatest number", required: true),
                ], result: "the number"
            ) { options in
                let low = options.integer("from") ?? 0
                let high = options.integer("to") ?? low
                if low > high { options.report("\"to\" is less than \"from\"", at: "to") }
                return PickNumber(low...max(low, high))
            },
            OperationDeclaration(
                "parallel", "Runs several lists of steps at the same time and waits for all; the first failure fails the step.",
                options: [OptionDeclaration("branches", .map(.steps), "lists of steps by name; results keep their names afterwards", required: true)]
            ) { options in Parallel(options.branches("branches")) },
        ]
    }
}

final class SetValue: ImmediateOperation {
    private let shape: Shape
    init(_ shape: Shape) { self.shape = shape }
    func runNow(_ exchange: Exchange) throws -> Value? { try shape.value(exchange) }
}

final class When: ImmediateOperation {
    private let condition: Expression
    private let yes: StepList
    private let no: StepList

    init(_ condition: Expression, _ yes: StepList, _ no: StepList) {
        self.condition = condition
        self.yes = yes
        self.no = no
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        try chosen(exchange).isEmpty ? .null : nil
    }

    func run(_ exchange: Exchange) async throws -> Value {
        try await chosen(exchange).run(exchange)
        return .null
    }

    private func chosen(_ exchange: Exchange) throws -> StepList { try condition.evaluate(exchange).isTruthy ? yes : no }
}

final class Each: Operation {
    private let source: Expression
    private let slot: Int
    private let steps: StepList

    init(_ source: Expression, _ slot: Int, _ steps: StepList) {
        self.source = source
        self.slot = slot
        self.steps = steps
    }

    func run(_ exchange: Exchange) async throws -> Value {
        for element in try Shape.elements(of: source, exchange) {
            exchange.slots[slot] = element
            try await steps.run(exchange)
            if exchange.response != nil { break }
        }
        return .null
    }
}

final class Collect: Operation {
    private let source: Expression
    private let slot: Int
    private let steps: StepList
    private let result: Shape

    init(_ source: Expression, _ slot: Int, _ steps: StepList, gives result: Shape) {
        self.source = source
        self.slot = slot
        self.steps = steps
        self.result = result
    }

    func run(_ exchange: Exchange) async throws -> Value {
        var values: [Value] = []
        for element in try Shape.elements(of: source, exchange) {
            exchange.slots[slot] = element
            try await steps.run(exchange)
            if exchange.response != nil { return .null }
            values.append(try result.value(exchange))
        }
        return .list(values)
    }
}

final class Attempt: Operation {
    private let steps: StepList
    private let result: Shape
    private let rescue: StepList
    private let marks: Bool

    init(_ steps: StepList, gives result: Shape, rescue: StepList, marks: Bool) {
        self.steps = steps
        self.result = result
        self.rescue = rescue
        self.marks = marks
    }

    func run(_ exchange: Exchange) async throws -> Value {
        do {
            try await steps.run(exchange)
            if exchange.response == nil { return try result.value(exchange) }
        } catch {
            var failure = Failure(error, in: exchange, line: 0)
            exchange.deployment.compiled.name(&failure)
            if marks { exchange.spanError = exchange.spanError(failure) }
            let outer = exchange.failure
            exchange.failure = failure
            defer { exchange.failure = outer }
            try await rescue.run(exchange)
        }
        return .null
    }
}

final class Fail: ImmediateOperation {
    private let message: TextTemplate
    private let type: TextTemplate?
    private let status: Int

    init(_ message: TextTemplate, type: TextTemplate?, status: Int) {
        self.message = message
        self.type = type
        self.status = status
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        throw Failure(status == 404 ? .notFound : .failed, try message.text(exchange), type: try type?.text(exchange) ?? "", status: status)
    }
}

/// Options of everything that waits.
enum DelayOptions {
    static let milliseconds = OptionDeclaration.Kind.number(0...3_600_000)

    static let declarations = [
        OptionDeclaration("forMilliseconds", milliseconds, "a fixed time"),
        OptionDeclaration("minimumMilliseconds", milliseconds, "least of a uniform random time; with maximumMilliseconds"),
        OptionDeclaration("maximumMilliseconds", milliseconds, "greatest of a uniform random time"),
        OptionDeclaration("meanMilliseconds", milliseconds, "mean of a normal random time; with deviationMilliseconds"),
        OptionDeclaration("deviationMilliseconds", milliseconds, "standard deviation of a normal random time"),
        OptionDeclaration("medianMilliseconds", milliseconds, "median of a log-normal random time; with sigma"),
        OptionDeclaration("sigma", .number(0...10), "deviation of the logarithm of a log-normal random time"),
    ]

    static func delay(of options: StepOptions) -> Delay {
        if let fixed = options.number("forMilliseconds") { return .fixed(fixed) }
        if let low = options.number("minimumMilliseconds"), let high = options.number("maximumMilliseconds") {
            if low > high { options.report("maximumMilliseconds is less than minimumMilliseconds", at: "maximumMilliseconds") }
            return .uniform(low, max(low, high))
        }
        if let mean = options.number("meanMilliseconds"), let deviation = options.number("deviationMilliseconds") { return .normal(mean: mean, deviation: deviation) }
        if let median = options.number("medianMilliseconds"), let sigma = options.number("sigma") { return .logNormal(median: median, sigma: sigma) }
        // A time of the wrong type was reported already.
        if declarations.contains(where: { options.has($0.name) && options.number($0.name) == nil }) { return .fixed(0) }
        options.report("\"sleep\" needs a time: forMilliseconds, or minimumMilliseconds and maximumMilliseconds, or meanMilliseconds and deviationMilliseconds, or medianMilliseconds and sigma")
        return .fixed(0)
    }
}

final class Sleep: Operation {
    private let delay: Delay
    /// Nil is once.
    private let times: Expression?

    init(_ delay: Delay, times: Expression?) {
        self.delay = delay
        self.times = times
    }

    func run(_ exchange: Exchange) async throws -> Value {
        try await exchange.world.loop.sleep(for: length(exchange))
        return .null
    }

    /// All times together: one timer, however many there are.
    private func length(_ exchange: Exchange) throws -> Duration {
        guard let times else { return delay.draw(&exchange.world.random) }
        return (0..<max(0, try times.evaluate(exchange).integer ?? 0)).reduce(.zero) { sum, _ in sum + delay.draw(&exchange.world.random) }
    }
}

final class Sometimes: Operation {
    private let percentage: Expression
    private let yes: StepList
    private let no: StepList

    init(_ percentage: Expression, _ yes: StepList, _ no: StepList) {
        self.percentage = percentage
        self.yes = yes
        self.no = no
    }

    func run(_ exchange: Exchange) async throws -> Value {
        let share = try percentage.evaluate(exchange).number ?? 0
        try await (exchange.world.happens(percentage: share) ? yes : no).run(exchange)
        return .null
    }
}

final class Choose: ImmediateOperation {
    private let list: Expression
    private let otherwise: TextTemplate?
    private let type: TextTemplate?

    init(_ list: Expression, otherwise: TextTemplate?, type: TextTemplate?) {
        self.list = list
        self.otherwise = otherwise
        self.type = type
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let value = try list.evaluate(exchange)
        guard case .list(let elements) = value else {
            throw Failure(.wrongType, try otherwise?.text(exchange) ?? "\"choose\" needs a list", type: try type?.text(exchange) ?? "")
        }
        return elements.randomElement(using: &exchange.world.random) ?? .null
    }
}

final class MakeToken: ImmediateOperation {
    private let length: Int
    private let isHex: Bool

    init(length: Int, isHex: Bool) {
        self.length = length
        self.isHex = isHex
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        guard isHex else { return .string(exchange.world.token(length: length)) }
        var digits: [UInt8] = []
        while digits.count < length { digits.append(hex: exchange.world.identifier()) }
        return .string(String(decoding: digits.prefix(length), as: UTF8.self))
    }
}

final class MakeUUID: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? { .string(exchange.world.uuid()) }
}

final class PickNumber: ImmediateOperation {
    private let range: ClosedRange<Int>
    init(_ range: ClosedRange<Int>) { self.range = range }
    func runNow(_ exchange: Exchange) throws -> Value? { .int(Int.random(in: range, using: &exchange.world.random)) }
}

/// Branches share the exchange's frame; each writes only its own slots.
final class Parallel: Operation {
    private let branches: [StepList]
    init(_ branches: [StepList]) { self.branches = branches }

    func run(_ exchange: Exchange) async throws -> Value {
        guard let owner = exchange.shop.owner else { return .null }
        let loop = exchange.world.loop
        let tasks = branches.map { steps in
            let branch = Confined((steps: steps, exchange: exchange))
            return Task(executorPreference: loop) { try await owner.run(branch) }
        }
        var firstError: (any Error)?
        for task in tasks {
            do { try await task.value } catch { firstError = firstError ?? error }
        }
        if let firstError { throw firstError }
        return .null
    }
}
