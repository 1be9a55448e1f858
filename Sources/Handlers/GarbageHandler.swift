import Base
import Storefront

/// The memory of a service's process, as its language's runtime tidies it.
public struct GarbageHandler: Handler {
    public let name = "garbage"
    public let summary = "The garbage collector of a service's runtime."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "garbage.collect",
                "Looks at every object that the process keeps. Nothing else goes on in it meanwhile: requests come in and wait, answers are not sent.",
                options: [
                    OptionDeclaration("objects", .expression, "how many objects there are", required: true),
                    OptionDeclaration("nanosecondsPerObject", .number(0...1_000_000), "what looking at one takes", default: 100),
                ], result: "the seconds that it took"
            ) { CollectGarbage($0) }
        ]
    }
}

final class CollectGarbage: Operation {
    private let objects: Expression
    private let perObject: Double

    init(_ options: StepOptions) {
        objects = options.requiredExpression("objects")
        perObject = options.number("nanosecondsPerObject") ?? 100
    }

    private static let longest = Duration.seconds(3_600)

    func run(_ exchange: Exchange) async throws -> Value {
        let nanoseconds = max(0, try objects.evaluate(exchange).number ?? 0) * perObject
        let time = min(.nanoseconds(Int64(exactly: nanoseconds.rounded()) ?? .max), Self.longest)
        exchange.service.standStill(until: exchange.world.now + time)
        try await exchange.world.loop.sleep(for: time)
        return .double(time / .seconds(1))
    }
}
