import Base
import HTTP
import Handlers
import Packs
import Storefront
import Telemetry

/// When simulated time begins in tests: 2026-01-31 08:00:00 UTC.
public let startOfTests = Timestamp(nanoseconds: 1_769_846_400_000_000_000)

/// Opens a shop of a pack in simulated time, runs a body on its loop and closes the shop.
public func withShop<Result: Sendable>(
    _ pack: TestPack, state: String = "fixed", seed: UInt64 = 1, handlers: HandlerRegistry = .builtIn,
    settings: ShopConfiguration = ShopConfiguration(),
    _ body: @escaping @Sendable (Shop) async throws -> Result
) throws -> Result {
    let prepared = try PreparedPack(pack.packFiles, handlers: handlers)
    let loop = try EventLoop(virtualFrom: startOfTests)
    let shop = Shop(name: "test", loop: loop)
    var configuration = settings
    configuration.seed = seed
    let chosen = configuration
    return try loop.run {
        try await shop.open { loop in try await ShopCore.make(prepared, state: state, configuration: chosen, on: loop) }
        let result = try await body(shop)
        await shop.close()
        return result
    }
}

/// The text that a pack's `GET /` answers with.
public func answer(_ pack: TestPack, _ target: String = "/", seed: UInt64 = 1) throws -> String {
    try withShop(pack, seed: seed) { shop in await shop.get(target).text }
}

extension Shop {
    public func get(_ target: String, from service: String = "shop", headers: Headers = Headers()) async -> Response {
        await handle(service, Request(method: "GET", target: target, headers: headers))
    }

    public func post(_ target: String, _ body: String, type: String, to service: String = "shop", headers: Headers = Headers()) async -> Response {
        var headers = headers
        headers.set("Content-Type", type)
        return await handle(service, Request(method: "POST", target: target, headers: headers, body: Array(body.utf8)))
    }

    /// Telemetry as text, every field of every record in order.
    public func telemetry() async throws -> String {
        try await with { core in
            let spans = core.recorder.spans().elements.map { span in
                "\(span.trace.hex) \(span.id.hex) \(span.parent.hex) \(span.template.service.name) \(span.resource ?? span.template.resource) \(span.start.nanoseconds) \(span.durationNanoseconds) \(span.status) \(span.attributes) \(span.error?.message ?? "")"
            }
            let logs = core.recorder.logs().elements.map { "\($0.time.nanoseconds) \($0.service.name) \($0.line)" }
            let events = core.recorder.events().elements.map { "\($0.time.nanoseconds) \($0.service) \($0.title)" }
            return (spans + logs + events).joined(separator: "\n")
        }
    }

    /// Spans with their companions as lines: indentation by depth, operation, service and resource, then `attributes` where a span has them.
    public func outline(_ attributes: [String] = ["key", "hit"]) async throws -> [String] {
        try await with { core in
            var lines: [String] = []
            TraceView(of: core.recorder).forEach { lines += $0.outline(attributes) }
            return lines
        }
    }

    /// Durations of spans by resource, in milliseconds.
    public func spans(of service: String) async throws -> [(resource: String, milliseconds: Double)] {
        try await with { core in
            core.recorder.spans().elements.filter { $0.template.service.name == service }.map {
                (resource: $0.resource ?? $0.template.resource, milliseconds: Double($0.durationNanoseconds) / 1e6)
            }
        }
    }

    /// Statements recorded so far.
    public func statementCount() async throws -> Int {
        try await with { core in core.recorder.spans().elements.count { $0.template.type == "sql" } }
    }
}

extension Response {
    public var text: String { String(decoding: bodyBytes, as: UTF8.self) }
}

extension Trace {
    /// See `Shop.outline`.
    public func outline(_ attributes: [String]) -> [String] {
        let tree = TraceTree(self)
        func lines(_ position: Int, _ depth: Int) -> [String] {
            let span = spans[position]
            let all = span.allAttributes
            let told = attributes.compactMap { name in all[name].map { " \(name)=\($0.text)" } }
            let line = String(repeating: "  ", count: depth) + "\(span.template.name) \(span.template.service.name) \(span.resourceName)" + told.joined()
            return [line] + tree.children[position].flatMap { lines($0, depth + 1) }
        }
        return spans.indices.filter { tree.parents[$0] == nil }.flatMap { lines($0, 0) }
    }
}
