import Base
import CCrypto
import Storefront

/// Digests and message authentication codes, from OpenSSL's libcrypto: passwords, signed cookies.
public struct DigestHandler: Handler {
    public let name = "digest"
    public let summary = "Digests and message authentication codes."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "digest", "Computes a digest of a text, or with a key its HMAC (RFC 2104).",
                options: [
                    OptionDeclaration("algorithm", .choice(Digest.Algorithm.allCases.map(\.rawValue)), "the hash function", default: "sha256"),
                    OptionDeclaration("text", .text, "the text", required: true),
                    OptionDeclaration("key", .text, "the key of an HMAC"),
                    OptionDeclaration("encoding", .choice(["hex", "base64", "base64url"]), "how the result is written", default: "hex"),
                ], result: "the digest as text"
            ) { ComputeDigest($0) }
        ]
    }
}

enum Digest {
    enum Algorithm: String, CaseIterable { case md5, sha1, sha256 }

    static func digest(_ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_Digest(bytes, bytes.count, &out, &length, function(algorithm), nil)
        return Array(out.prefix(Int(length)))
    }

    static func authenticationCode(_ bytes: [UInt8], key: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        HMAC(function(algorithm), key, Int32(key.count), bytes, bytes.count, &out, &length)
        return Array(out.prefix(Int(length)))
    }

    private static func function(_ algorithm: Algorithm) -> OpaquePointer? {
        switch algorithm {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }
}

/// Message authentication codes with one key, which is prepared once.
final class Authenticator {
    private let context: OpaquePointer?

    init(key: [UInt8], _ algorithm: Digest.Algorithm) {
        let code = EVP_MAC_fetch(nil, "HMAC", nil)
        context = EVP_MAC_CTX_new(code)
        EVP_MAC_free(code)
        var name = Array(algorithm.rawValue.utf8CString)
        name.withUnsafeMutableBufferPointer { name in
            var parameters = [OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0), OSSL_PARAM_construct_end()]
            _ = EVP_MAC_init(context, key, key.count, &parameters)
        }
    }

    deinit { EVP_MAC_CTX_free(context) }

    func code(of bytes: [UInt8]) -> [UInt8] {
        // Begins anew with the same key.
        EVP_MAC_init(context, nil, 0, nil)
        EVP_MAC_update(context, bytes, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            EVP_MAC_final(context, buffer.baseAddress, &count, buffer.count)
        }
    }
}

final class ComputeDigest: Operation {
    private let text: TextTemplate
    private let key: TextTemplate?
    private let algorithm: Digest.Algorithm
    private let encoding: String

    init(_ options: StepOptions) {
        text = options.requiredText("text")
        key = options.text("key")
        algorithm = options.word("algorithm").flatMap(Digest.Algorithm.init) ?? .sha256
        encoding = options.word("encoding") ?? "hex"
    }

    func run(_ exchange: Exchange) async throws -> Value {
        let bytes = Array(try text.text(exchange).utf8)
        let digest = try key.map { Digest.authenticationCode(bytes, key: Array(try $0.text(exchange).utf8), algorithm) } ?? Digest.digest(bytes, algorithm)
        switch encoding {
        case "base64": return .string(Base64.encode(digest))
        case "base64url": return .string(Base64.encode(digest, urlSafe: true))
        default:
            var hex: [UInt8] = []
            for byte in digest { hex.append(hex: UInt64(byte), width: 2) }
            return .string(String(decoding: hex, as: UTF8.self))
        }
    }
}
