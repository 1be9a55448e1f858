import Base
import CCurl

/// One request on its way and the response that comes back.
// @unchecked Sendable: touched only on the client's loop.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<(ClientResponse, redirect: String?), ClientError>

    let easy: EasyHandle
    var continuation: CheckedContinuation<Outcome, Never>?
    private let bodyLimitBytes: Int
    private var head = ResponseHeadReader()
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var timeout: Duration?
    private var url = ""
    /// What a TLS handshake agreed on; only looked at for connections.
    private(set) var session: TLSSession?

    init(easy: EasyHandle, bodyLimitBytes: Int) {
        self.easy = easy
        self.bodyLimitBytes = bodyLimitBytes
    }

    func finish(_ outcome: Outcome) { continuation.take()?.resume(returning: outcome) }

    // MARK: Options

    /// Sets all options of the handle.
    func prepare(_ request: ClientRequest, options: ClientOptions) throws(ClientError) {
        try prepare(url: request.url, timeout: request.timeout, options: options)
        setVerification(request.verifiesCertificate ? .full : .none)
        set(request.certificate)
        setMethod(request)
        easy.set(CURLOPT_HTTPHEADER, lines: try HeaderLines.make(for: request))
        if request.decodesBody { easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        set(request.authentication)
        if let proxy = request.proxy { try set(proxy) }
        setVersion(request)
        setCallbacks()
    }

    /// Sets the options for a connection over which nothing is sent.
    func prepare(_ request: ConnectRequest, options: ClientOptions) throws(ClientError) {
        try prepare(url: request.url, timeout: request.timeout, options: options)
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_CONNECT_TO, lines: ["::\(request.authority)"])
        setVerification(request.tls?.verification ?? .full)
        set(request.tls?.certificate)
        if let version = request.tls?.onlyVersion {
            easy.set(CURLOPT_SSLVERSION, version.libraryRange)
            // Old versions need ciphers that OpenSSL's default level refuses.
            easy.set(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0")
        }
        setCallbacks()
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_set_ready_callback(easy.pointer, { context, _, _, _, _ in transfer(context).connected() }, context)
    }

    private func prepare(url: String, timeout: Duration?, options: ClientOptions) throws(ClientError) {
        self.url = url
        self.timeout = timeout
        if url.utf8.contains(0) { throw .invalidURL(url) }
        easy.useMessageBuffer()
        easy.set(CURLOPT_NOSIGNAL, 1)
        easy.set(CURLOPT_URL, url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        if !options.usesProxyFromEnvironment { easy.set(CURLOPT_PROXY, "") }
        if let file = options.authorityFile { easy.set(CURLOPT_CAINFO, file) }
        guard let timeout else { return }
        // Rounded up: 0 would mean no limit.
        easy.set(CURLOPT_TIMEOUT_MS, Swift.max(1, Int((timeout.nanoseconds + 999_999) / 1_000_000)))
    }

    private func setVerification(_ verification: ConnectRequest.Verification) {
        if verification != .full { easy.set(CURLOPT_SSL_VERIFYPEER, 0) }
        if verification == .none { easy.set(CURLOPT_SSL_VERIFYHOST, 0) }
    }

    private func set(_ certificate: ClientCertificate?) {
        guard let certificate else { return }
        easy.set(CURLOPT_SSLCERT_BLOB, bytes: Array(certificate.certificate.utf8))
        easy.set(CURLOPT_SSLKEY_BLOB, bytes: Array(certificate.key.utf8))
    }

    private func set(_ authentication: ClientAuthentication?) {
        guard let authentication else { return }
        // CURLAUTH_DIGEST and CURLAUTH_NTLM, macros with casts that Swift does not import.
        easy.set(CURLOPT_HTTPAUTH, authentication.scheme == .digest ? 1 << 1 : 1 << 3)
        easy.set(CURLOPT_USERNAME, authentication.username)
        easy.set(CURLOPT_PASSWORD, authentication.password)
    }

    private func set(_ proxy: ClientProxy) throws(ClientError) {
        easy.set(CURLOPT_PROXY, proxy.url)
        easy.set(CURLOPT_NOPROXY, "")
        // CURLHEADER_SEPARATE: the server's own fields are not for the proxy of a tunnel.
        easy.set(CURLOPT_HEADEROPT, 1)
        easy.set(CURLOPT_PROXYHEADER, lines: try HeaderLines.make(for: proxy.headers))
    }

    private func setVersion(_ request: ClientRequest) {
        switch request.version {
        case .any: break
        case .http1: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        case .http2:
            let isSecure = URLParts(request.url)?.scheme == "https"
            easy.set(CURLOPT_HTTP_VERSION, isSecure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
        }
    }

    private func setMethod(_ request: ClientRequest) {
        switch request.method {
        case "HEAD": easy.set(CURLOPT_NOBODY, 1)
        case "GET" where request.body.isEmpty: break
        case "POST": easy.set(CURLOPT_POST, 1); easy.set(body: request.body)
        default:
            if !request.body.isEmpty || ["PUT", "PATCH"].contains(request.method) { easy.set(body: request.body) }
            easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let pointer = easy.pointer
        curl_set_pointer(pointer, CURLOPT_PRIVATE, context)
        curl_set_data_callback(pointer, CURLOPT_WRITEFUNCTION) { transfer($3).receive(UnsafeRawBufferPointer(start: $0, count: $1 * $2)) }
        curl_set_pointer(pointer, CURLOPT_WRITEDATA, context)
        curl_set_data_callback(pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            transfer(context).head.read(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        curl_set_pointer(pointer, CURLOPT_HEADERDATA, context)
    }

    // MARK: Coming back

    /// The connection is there; its session can be looked at now and no longer when the transfer has ended.
    fileprivate func connected() -> Int32 {
        session = curl_get_openssl_session(easy.pointer).map { TLSSession(OpaquePointer($0)) }
        return CURL_PREREQFUNC_OK
    }

    /// - Returns: Bytes taken; fewer than offered makes the library give up.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= bodyLimitBytes else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// What the library's verdict means; read before the handle is used again.
    func outcome(_ code: CURLcode) -> Outcome {
        guard code == CURLE_OK else { return .failure(isTooLarge ? tooLarge : failure(code)) }
        let redirect = curl_get_text(easy.pointer, CURLINFO_REDIRECT_URL).map { String(cString: $0) }
        let response = ClientResponse(
            status: easy.number(CURLINFO_RESPONSE_CODE), httpVersion: httpVersion, headers: head.headers, body: body,
            timings: ClientResponse.Timings(of: easy), effectiveURL: easy.text(CURLINFO_EFFECTIVE_URL),
            remoteAddress: easy.text(CURLINFO_PRIMARY_IP))
        return .success((response, redirect))
    }

    private var tooLarge: ClientError { .bodyTooLarge(limitBytes: bodyLimitBytes) }

    private func failure(_ code: CURLcode) -> ClientError {
        ClientError(
            code: code, systemCode: Int32(easy.number(CURLINFO_OS_ERRNO)), verification: easy.number(CURLINFO_SSL_VERIFYRESULT), message: easy.errorText, url: url,
            limit: timeout ?? .microseconds(easy.microseconds(CURLINFO_TOTAL_TIME_T)))
    }

    private var httpVersion: String {
        switch easy.number(CURLINFO_HTTP_VERSION) {
        case CURL_HTTP_VERSION_1_0: "1.0"
        case CURL_HTTP_VERSION_2_0: "2"
        case CURL_HTTP_VERSION_3: "3"
        default: "1.1"
        }
    }
}

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(pointer!).takeUnretainedValue()
}
