import Base
import Storefront
import Telemetry

/// A service's memory of what was expensive to find out.
public struct CacheHandler: Handler {
    public let name = "cache"
    public let summary = "Values that a running service keeps in its memory, by key; a new version of the service starts without."

    public init() {}

    private static let key = OptionDeclaration("key", .text, "the key; versions of the data in it make old values unreachable", required: true)
    private static let cache = OptionDeclaration("cache", .text, "which of the service's caches; each keeps at most 10,000 values and then drops the oldest", default: "default")
    private static let time = OptionDeclaration("keepSeconds", .number(0...31_536_000), "how long the value is good; until it is deleted when left out, 0 keeps nothing")

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "cache.fetch", "Gives what is kept under a key; when nothing is, runs steps to find it out, and keeps that.",
                options: [
                    Self.key, OptionDeclaration("steps", .steps, "steps that find the value out", required: true),
                    OptionDeclaration("gives", .shape, "the value, made of what the steps found", required: true), Self.time, Self.cache,
                ], result: "the value"
            ) { FetchCached($0) },
            OperationDeclaration("cache.get", "Looks a key up.", options: [Self.key, Self.cache], result: "the value, null when nothing is kept") {
                GetCached($0)
            },
            OperationDeclaration(
                "cache.set", "Keeps a value.", options: [Self.key, OptionDeclaration("value", .shape, "the value", required: true), Self.time, Self.cache]
            ) { SetCached($0) },
            OperationDeclaration(
                "cache.delete", "Forgets what is kept under a key, or under all keys with the same beginning.",
                options: [
                    OptionDeclaration("key", .text, "the key"), OptionDeclaration("startingWith", .text, "beginning of the keys"), Self.cache,
                ]
            ) { DeleteCached($0) },
        ]
    }
}

/// Which cache and key a step means, and how its look-ups are told.
final class CachePlace {
    let cache: String
    /// Nil where the service's telemetry does not describe caches.
    let span: SpanTemplate?
    private let key: TextTemplate
    private var counters: [Bool: Metrics.Counter] = [:]

    /// - Parameter action: Of the span: `GET`, `SET`, `DELETE`.
    init(_ options: StepOptions, action: String, key option: String = "key") {
        cache = options.word("cache") ?? "default"
        key = options.requiredText(option)
        span = options.cacheSpan(action)
    }

    func key(_ exchange: Exchange) throws -> String { try key.text(exchange) }

    func count(_ exchange: Exchange, isHit: Bool) {
        let metrics = exchange.shop.recorder.metrics
        let counter =
            counters[isHit]
            ?? metrics.counter(
                "cache.lookups", help: "Look-ups in caches of services.",
                labels: ["service_name": exchange.service.name, "cache": cache, "result": isHit ? "hit" : "miss"])
        counters[isHit] = counter
        metrics.add(to: counter)
    }

    func record(_ exchange: Exchange, _ key: String, from start: Timestamp, isHit: Bool? = nil) {
        guard let span, exchange.shop.isRecording else { return }
        exchange.record(span, from: start, detail: .cache(CacheFacts(key: key, isHit: isHit)))
    }
}

final class FetchCached: ImmediateOperation {
    private let reading: CachePlace
    private let writing: CachePlace
    private let time: Duration?
    private let steps: StepList
    private let result: Shape

    init(_ options: StepOptions) {
        reading = CachePlace(options, action: "GET")
        writing = CachePlace(options, action: "SET")
        time = options.keepTime
        (steps, result) = options.steps("steps", giving: "gives")
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let start = exchange.world.now
        let key = try reading.key(exchange)
        guard let value = exchange.cached(key, in: reading.cache) else { return nil }
        reading.count(exchange, isHit: true)
        reading.record(exchange, key, from: start, isHit: true)
        return value
    }

    func run(_ exchange: Exchange) async throws -> Value {
        let key = try reading.key(exchange)
        reading.count(exchange, isHit: false)
        guard let span = reading.span else { return try await find(key, exchange) }
        return try await exchange.span(span, detail: .cache(CacheFacts(key: key, isHit: false))) { try await find(key, exchange) }
    }

    /// Nothing was kept. Others may look at the same time and find nothing either: each then finds out for itself, and the last one's
    /// value stays.
    private func find(_ key: String, _ exchange: Exchange) async throws -> Value {
        try await steps.run(exchange)
        if exchange.response != nil { return .null }
        let start = exchange.world.now
        let value = try result.value(exchange)
        exchange.keep(value, as: key, in: writing.cache, for: time)
        writing.record(exchange, key, from: start)
        return value
    }
}

final class GetCached: ImmediateOperation {
    private let place: CachePlace

    init(_ options: StepOptions) { place = CachePlace(options, action: "GET") }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let start = exchange.world.now
        let key = try place.key(exchange)
        let value = exchange.cached(key, in: place.cache)
        place.count(exchange, isHit: value != nil)
        place.record(exchange, key, from: start, isHit: value != nil)
        return value ?? .null
    }
}

final class SetCached: ImmediateOperation {
    private let place: CachePlace
    private let value: Shape
    private let time: Duration?

    init(_ options: StepOptions) {
        place = CachePlace(options, action: "SET")
        value = options.shape("value") ?? .constant(.null)
        time = options.keepTime
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let start = exchange.world.now
        let key = try place.key(exchange)
        exchange.keep(try value.value(exchange), as: key, in: place.cache, for: time)
        place.record(exchange, key, from: start)
        return .null
    }
}

final class DeleteCached: ImmediateOperation {
    private let place: CachePlace
    private let isPrefix: Bool

    init(_ options: StepOptions) {
        isPrefix = options.has("startingWith")
        if options.has("key") == isPrefix { options.report("\"cache.delete\" needs either \"key\" or \"startingWith\"") }
        place = CachePlace(options, action: "DELETE", key: isPrefix ? "startingWith" : "key")
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let start = exchange.world.now
        let key = try place.key(exchange)
        if isPrefix { exchange.forget(startingWith: key, in: place.cache) } else { exchange.forget(key, in: place.cache) }
        place.record(exchange, key, from: start)
        return .null
    }
}

extension StepOptions {
    fileprivate var keepTime: Duration? { number("keepSeconds").map { .milliseconds(exactly: $0 * 1_000) } }
}
