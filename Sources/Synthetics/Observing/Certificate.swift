import Base
import CCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The fields of an X.509 certificate that assertions can name; names and forms are those of Datadog's SSL results.
struct Certificate: Sendable {
    let validFrom: Timestamp
    let validTo: Timestamp
    let fields: [(String, Value)]

    /// Nil for what is no certificate.
    init?(der: [UInt8]) {
        var start: UnsafePointer<UInt8>?
        let parsed = der.withUnsafeBufferPointer { bytes in
            start = bytes.baseAddress
            return d2i_X509(nil, &start, bytes.count)
        }
        guard let certificate = parsed else { return nil }
        defer { X509_free(certificate) }
        guard let from = Self.time(X509_get0_notBefore(certificate)), let to = Self.time(X509_get0_notAfter(certificate)) else { return nil }
        validFrom = from
        validTo = to
        var subject = Self.names(X509_get_subject_name(certificate))
        let alternatives = Self.text(of: NID_subject_alt_name, certificate)
        if let alternatives { subject.append(("altName", .string(alternatives))) }
        var fields: [(String, Value)] = [
            ("subject", .record(Record(subject))), ("issuer", .record(Record(Self.names(X509_get_issuer_name(certificate))))),
            ("validFrom", .string(from.iso8601)), ("validTo", .string(to.iso8601)), ("serialNumber", .string(Self.serial(certificate))),
            ("fingerprint", .string(Self.fingerprint(Digest.sha1, der))), ("fingerprint256", .string(Self.fingerprint(Digest.sha256, der))),
        ]
        if let alternatives { fields.append(("altName", .string(alternatives))) }
        if let usage = Self.text(of: NID_ext_key_usage, certificate) { fields.append(("extKeyUsage", .string(usage))) }
        self.fields = fields
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        var civil = tm()
        guard ASN1_TIME_to_tm(time, &civil) == 1 else { return nil }
        return Timestamp(nanoseconds: Int64(timegm(&civil)) &* 1_000_000_000)
    }

    /// `CN`, `O`, `C` and so on; of a repeated one the last counts.
    private static func names(_ name: OpaquePointer?) -> [(String, Value)] {
        var found: [(String, Value)] = []
        for index in 0..<max(0, X509_NAME_entry_count(name)) {
            let entry = X509_NAME_get_entry(name, index)
            guard let key = OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))) else { continue }
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry))
            guard count >= 0, let bytes else { continue }
            defer { CRYPTO_free(bytes, nil, 0) }
            let text = String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
            found.removeAll { $0.0 == String(cString: key) }
            found.append((String(cString: key), .string(text)))
        }
        return found
    }

    /// An extension as OpenSSL prints it: `DNS:example.org, IP Address:127.0.0.1`.
    private static func text(of identifier: Int32, _ certificate: OpaquePointer) -> String? {
        let index = X509_get_ext_by_NID(certificate, identifier, -1)
        guard index >= 0, let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard X509V3_EXT_print(memory, X509_get_ext(certificate, index), 0, 0) == 1 else { return nil }
        var start: UnsafeMutablePointer<CChar>?
        let count = crypto_memory_text(memory, &start)
        return start.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) }
    }

    private static func serial(_ certificate: OpaquePointer) -> String {
        guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return "" }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return "" }
        defer { CRYPTO_free(text, nil, 0) }
        return String(cString: text)
    }

    /// Upper-case pairs of hexadecimal digits between colons.
    private static func fingerprint(_ digest: Digest, _ der: [UInt8]) -> String {
        let digits = Array((digest.hex(of: der) ?? "").uppercased())
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<($0 + 2)]) }.joined(separator: ":")
    }
}
