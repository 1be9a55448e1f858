import Base
import HTTP

/// A running pack. Everything in it happens on its event loop, one thing at a time between two suspension points.
public actor Shop {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let name: String
    private var core: ShopCore

    /// - Parameter make: Makes the shop's inside; runs on the loop.
    public init(name: String, loop: EventLoop, make: @Sendable (EventLoop) async throws -> sending ShopCore) async throws {
        self.name = name
        self.loop = loop
        core = try await make(loop)
        core.owner = self
    }

    /// Answers a request to one of the shop's services.
    public func handle(_ service: String, _ request: Request) async -> Response {
        await core.handle(service, request)
    }

    /// Does something with the shop's inside, on its loop.
    public func with<Result: Sendable>(_ body: @Sendable (ShopCore) async throws -> Result) async rethrows -> Result {
        try await body(core)
    }

    /// Replaces the inside by another pack or state. Requests in flight finish in the old one.
    public func replace(_ make: @Sendable (EventLoop) async throws -> sending ShopCore) async throws {
        let next = try await make(loop)
        next.owner = self
        let previous = core
        core = next
        previous.retire()
        next.start()
    }

    /// Starts what services do by themselves.
    public func start() { core.start() }

    /// Ends what services do by themselves and closes databases.
    public func stop() { core.retire() }

    /// Runs one of several branches of an exchange; see `parallel`.
    func run(_ branch: Branch) async throws { try await branch.steps.run(branch.exchange) }
}

/// Steps of an exchange on their way into another task of the same shop.
// @unchecked Sendable: only the shop's actor, which made it, opens it again.
struct Branch: @unchecked Sendable {
    let steps: StepList
    let exchange: Exchange
}
