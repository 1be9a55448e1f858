import Base
import CCrypto

/// A hash of a response body (OpenSSL's one-shot EVP interface).
public enum Digest: String, Sendable, CaseIterable {
    case md5, sha1, sha256

    /// Length of the digest in hexadecimal digits.
    var digits: Int {
        switch self {
        case .md5: 32
        case .sha1: 40
        case .sha256: 64
        }
    }

    /// Lower-case hexadecimal digits; nil when the library refuses the algorithm, as FIPS builds do with MD5.
    func hex(of bytes: [UInt8]) -> String? {
        let algorithm =
            switch self {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var size: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &size, algorithm, nil) == 1 else { return nil }
        var out: [UInt8] = []
        for byte in digest.prefix(Int(size)) { out.append(hex: UInt64(byte), width: 2) }
        return String(decoding: out, as: UTF8.self)
    }
}
