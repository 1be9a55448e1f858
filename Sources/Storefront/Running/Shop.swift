import Base
import HTTP
import Telemetry

/// A running pack. Everything in it happens on its event loop, one thing at a time between two suspension points.
public actor Shop {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let name: String
    private var core: ShopCore?

    /// A shop without a pack; `open` gives it one.
    public init(name: String, loop: EventLoop) {
        self.name = name
        self.loop = loop
    }

    /// Puts a pack in a state inside, in the place of what is there. Requests in flight finish in the old one.
    ///
    /// - Parameter make: Makes the shop's inside; runs on the loop. When it throws, everything stays as it was.
    public func open(_ make: @Sendable (EventLoop) async throws -> ShopCore) async throws {
        let next = try await make(loop)
        next.owner = self
        let previous = core
        core = next
        previous?.retire()
        next.start()
    }

    /// Answers a request to one of the shop's services.
    ///
    /// - Parameter context: What the request's headers say of its trace, where somebody knows that already.
    public func handle(_ service: String, _ request: Request, _ context: TraceContext? = nil) async -> Response {
        guard let core else { return Response(status: 503) }
        return await core.handle(service, request, context)
    }

    /// Answers a request as far as that goes without waiting. To be called on the loop's thread, in a task or not.
    public nonisolated func answer(_ service: String, _ request: Request) -> Answer {
        assumeIsolated { shop in shop.core?.answer(service, request) ?? .response(Response(status: 503)) }
    }

    /// Does something with the shop's inside, on its loop.
    public func with<Result: Sendable>(_ body: @Sendable (ShopCore) async throws -> Result) async throws -> Result {
        guard let core else { throw ShopCore.Refusal("the shop \"\(name)\" is not open") }
        return try await body(core)
    }

    /// Ends what services do by themselves.
    public func close() {
        core?.retire()
        core = nil
    }

    /// Runs one of several branches of an exchange; see `parallel`.
    func run(_ branch: Confined<(steps: StepList, exchange: Exchange)>) async throws { try await branch.value.steps.run(branch.value.exchange) }
}
