import Base
import CCrypto
import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ClientError {
    /// Translates libcurl's result.
    ///
    /// - Parameters:
    ///   - systemCode: errno of the last failed connect; 0 when none failed.
    ///   - verification: OpenSSL's verdict on the server's certificate; 0 when there is none.
    ///   - message: What the library wrote into its error buffer; may be empty.
    ///   - limit: The time that ran out, should it be that.
    init(code: CURLcode, systemCode: Int32, verification: Int = 0, message: String, url: String, limit: Duration) {
        let text = message.isEmpty ? String(cString: curl_easy_strerror(code)) : message
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .invalidURL(url)
        case CURLE_COULDNT_RESOLVE_HOST: self = .nameNotResolved(host: URLParts(url)?.host ?? url)
        case CURLE_COULDNT_CONNECT where systemCode == ECONNREFUSED:
            let parts = URLParts(url)
            self = .connectionRefused(host: parts?.host ?? url, port: parts?.port ?? 0)
        case CURLE_COULDNT_CONNECT where systemCode == EHOSTUNREACH: self = .hostUnreachable(host: URLParts(url)?.host ?? url)
        case CURLE_COULDNT_CONNECT where systemCode == ENETUNREACH: self = .networkUnreachable(host: URLParts(url)?.host ?? url)
        case CURLE_COULDNT_CONNECT where [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(systemCode):
            self = .noResources(String(cString: strerror(systemCode)))
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: self = .noResources(text)
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut(after: limit)
        // The peer closed before it answered; a reset that arrives a moment earlier shows as RECV_ERROR.
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: self = .connectionReset
        case CURLE_TOO_MANY_REDIRECTS: self = .tooManyRedirects
        case CURLE_PEER_FAILED_VERIFICATION where Self.isUntrusted(verification): self = .untrustedCertificate(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE:
            self = .tls(text)
        default: self = .other(text)
        }
    }

    private static func isUntrusted(_ verification: Int) -> Bool {
        [
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        ].contains(Int32(verification))
    }
}
