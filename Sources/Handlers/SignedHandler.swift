import Base
import CCrypto
import Storefront

/// Values that visitors carry and cannot change: JSON, a time and a signature in one text.
///
/// The format is that of `URLSafeTimedSerializer` (pallets/itsdangerous src/itsdangerous/timed.py) as Flask signs its session cookie
/// (pallets/flask src/flask/sessions.py): `payload.time.signature`, each in URL-safe base64; the key of the HMAC-SHA1 is the
/// HMAC-SHA1 of the salt under the secret. Payloads that were compressed (they begin with a dot) are not read.
public struct SignedHandler: Handler {
    public let name = "signed"
    public let summary = "Signed texts with a time, as Flask's session cookie is one."

    public init() {}

    private static let key = OptionDeclaration("key", .text, "the secret", required: true)
    private static let salt = OptionDeclaration("salt", .text, "what the signature is for", default: "cookie-session")

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "signed.write", "Signs a value together with the current time.",
                options: [OptionDeclaration("value", .shape, "the value", required: true), Self.key, Self.salt], result: "the text"
            ) { WriteSigned($0) },
            OperationDeclaration(
                "signed.read", "Reads a signed text.",
                options: [
                    OptionDeclaration("text", .expression, "the text", required: true), Self.key, Self.salt,
                    OptionDeclaration("maxAgeSeconds", .integer(0...2_000_000_000), "how old it may be", default: 2_678_400),
                ], result: "the value; null when it was not signed with this key, was changed, is too old or from the future"
            ) { ReadSigned($0) },
        ]
    }
}

/// A secret for one purpose.
final class SignedText {
    static let style = JSONStyle(sortsKeys: true, escapesNonASCII: true)

    private let authenticator: Authenticator

    init(secret: String, salt: String) {
        authenticator = Authenticator(key: Digest.authenticationCode(Array(salt.utf8), key: Array(secret.utf8), .sha1), .sha1)
    }

    func write(_ value: Value, at time: Timestamp) -> String {
        var seconds: [UInt8] = []
        var rest = UInt64(max(0, time.seconds))
        while rest > 0 { (rest, seconds) = (rest >> 8, [UInt8(truncatingIfNeeded: rest)] + seconds) }
        let signed = Base64.encode(value.jsonBytes(Self.style), urlSafe: true) + "." + Base64.encode(seconds, urlSafe: true)
        return signed + "." + signature(of: signed)
    }

    func read(_ text: String, maxAgeSeconds: Int, at now: Timestamp) -> Value? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Substring($0) }
        guard parts.count == 3, Self.areEqual(signature(of: parts[0] + "." + parts[1]), parts[2]) else { return nil }
        guard let seconds = Base64.decode(parts[1]), seconds.count <= 8, let payload = Base64.decode(parts[0]) else { return nil }
        let age = Int64(now.seconds) - Int64(clamping: seconds.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        guard (0...Int64(maxAgeSeconds)).contains(age) else { return nil }
        return try? Value.parse(json: payload)
    }

    private func signature(of text: some StringProtocol) -> String {
        Base64.encode(authenticator.code(of: Array(text.utf8)), urlSafe: true)
    }

    /// In a time that tells nothing about where they differ.
    private static func areEqual(_ first: String, _ second: Substring) -> Bool {
        let (first, second) = (Array(first.utf8), Array(second.utf8))
        return first.count == second.count && CRYPTO_memcmp(first, second, first.count) == 0
    }
}

/// The secret of a step. Hardly any changes from request to request, and making one costs more than signing with it.
private final class Signer {
    private let key: TextTemplate
    private let salt: TextTemplate?
    private var last: (secret: String, salt: String, text: SignedText)?

    init(_ options: StepOptions) {
        key = options.requiredText("key")
        salt = options.text("salt")
    }

    func text(_ exchange: Exchange) throws -> SignedText {
        let (secret, salt) = (try key.text(exchange), try salt?.text(exchange) ?? "cookie-session")
        if let last, last.secret == secret, last.salt == salt { return last.text }
        let text = SignedText(secret: secret, salt: salt)
        last = (secret, salt, text)
        return text
    }
}

final class WriteSigned: ImmediateOperation {
    private let value: Shape
    private let signer: Signer

    init(_ options: StepOptions) {
        value = options.shape("value") ?? .constant(.null)
        signer = Signer(options)
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        .string(try signer.text(exchange).write(try value.value(exchange), at: exchange.world.now))
    }
}

final class ReadSigned: ImmediateOperation {
    private let text: Expression
    private let signer: Signer
    private let maxAgeSeconds: Int

    init(_ options: StepOptions) {
        text = options.requiredExpression("text")
        signer = Signer(options)
        maxAgeSeconds = options.integer("maxAgeSeconds") ?? 2_678_400
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        guard case .string(let text) = try text.evaluate(exchange) else { return .null }
        return try signer.text(exchange).read(text, maxAgeSeconds: maxAgeSeconds, at: exchange.world.now) ?? .null
    }
}
