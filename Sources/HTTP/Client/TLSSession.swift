import CCrypto

/// What a TLS handshake agreed on.
public struct TLSSession: Sendable, Equatable {
    /// Nil for a version that this program does not know.
    public var version: TLSVersion?
    /// OpenSSL's name, for example `TLS_AES_256_GCM_SHA384`.
    public var cipher: String
    /// As the server sent them, its own first; DER.
    public var certificates: [[UInt8]]

    public init(version: TLSVersion?, cipher: String, certificates: [[UInt8]]) {
        self.version = version
        self.cipher = cipher
        self.certificates = certificates
    }

    /// - Parameter session: OpenSSL's `SSL *` of a connection whose handshake is over.
    init(_ session: OpaquePointer) {
        version = switch SSL_version(session) {
        case TLS1_VERSION: .v1_0
        case TLS1_1_VERSION: .v1_1
        case TLS1_2_VERSION: .v1_2
        case TLS1_3_VERSION: .v1_3
        default: nil
        }
        cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(session)).map { String(cString: $0) } ?? ""
        certificates = (0..<crypto_chain_count(session)).compactMap { Self.bytes(of: crypto_chain_certificate(session, $0)) }
    }

    private static func bytes(of certificate: OpaquePointer?) -> [UInt8]? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &bytes)
        guard count > 0, let bytes else { return nil }
        // OPENSSL_free is a macro around this.
        defer { CRYPTO_free(bytes, nil, 0) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}
