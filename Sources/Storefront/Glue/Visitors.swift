import Base
import HTTP

final class GiveCookie: ImmediateOperation {
    private let name: TextTemplate
    private let value: TextTemplate
    private let path: TextTemplate?
    private let isHTTPOnly: Bool
    private let maxAge: Int?
    private let isSigned: Bool

    init(_ options: StepOptions) {
        name = options.requiredText("name")
        value = options.requiredText("value")
        path = options.text("path")
        isHTTPOnly = options.boolean("httpOnly") ?? false
        maxAge = options.integer("maxAgeSeconds")
        isSigned = options.boolean("signed") ?? false
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        var text = try value.text(exchange)
        if isSigned { text = PercentEncoding.encode(SignedCookie.write(text)) }
        var cookie = SetCookie(name: try name.text(exchange), value: text)
        cookie.path = try path?.text(exchange) ?? "/"
        cookie.isHTTPOnly = isHTTPOnly
        if let maxAge {
            cookie.maxAgeSeconds = maxAge
            cookie.expires = exchange.world.now + .seconds(maxAge)
        }
        exchange.setCookie(cookie)
        return .null
    }
}

/// The look of Rails' signed cookies: base64 of a JSON text, `--`, 40 hexadecimal digits (rails/rails
/// activesupport/lib/active_support/message_verifier.rb). Ours carry a digest that nobody checks: the shops give no secrets away by it.
enum SignedCookie {
    static func write(_ text: String) -> String {
        let payload = Base64.encode(Value.string(text).jsonBytes())
        var digest: [UInt8] = []
        for round in 0..<3 { digest.append(hex: Fingerprint(Array("\(round)\(payload)".utf8)).value) }
        return payload + "--" + String(decoding: digest.prefix(40), as: UTF8.self)
    }

    static func payload(_ cookie: String) -> String? {
        guard let end = cookie.firstRange(of: "--")?.lowerBound, let bytes = Base64.decode(cookie[..<end]) else { return nil }
        return (try? Value.parse(json: bytes)).flatMap { if case .string(let text) = $0 { text } else { nil } }
    }
}

final class CookiePayload: ImmediateOperation {
    private let value: Expression
    init(_ value: Expression) { self.value = value }

    func runNow(_ exchange: Exchange) throws -> Value? {
        guard case .string(let text) = try value.evaluate(exchange) else { return .null }
        // Cookies come back percent-encoded, as they were sent.
        return SignedCookie.payload((try? PercentEncoding.decode(text[...])) ?? text).map { .string($0) } ?? .null
    }
}

final class OpenSession: ImmediateOperation {
    private let cookie: TextTemplate
    init(_ cookie: TextTemplate) { self.cookie = cookie }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let name = try cookie.text(exchange)
        if case .string(let id) = try exchange.ambient(.request, [PathKey("cookie"), PathKey(name)]), exchange.shop.sessions.exists(id) {
            return exchange.shop.sessions.record(id)
        }
        let id = exchange.world.token(length: 32)
        exchange.shop.sessions.open(id)
        var cookie = SetCookie(name: name, value: id)
        cookie.path = "/"
        cookie.isHTTPOnly = true
        exchange.setCookie(cookie)
        return exchange.shop.sessions.record(id)
    }
}

final class StoreInSession: ImmediateOperation {
    private let session: Expression
    private let values: Shape

    init(_ session: Expression, _ values: Shape) {
        self.session = session
        self.values = values
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let id = try session.evaluate(exchange).text
        guard let record = try values.value(exchange).fields else { return .null }
        for (name, value) in zip(record.layout.names, record.values) { exchange.shop.sessions.set(name, to: value, in: id) }
        return .null
    }
}

extension SessionStore {
    /// Everything stored, with the id; names come out sorted so that runs repeat.
    func record(_ id: String) -> Value {
        .record(Record([("id", .string(id))] + names(in: id).map { ($0, value($0, in: id)) }))
    }
}
