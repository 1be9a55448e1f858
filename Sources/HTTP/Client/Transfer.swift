import Base
import CCurl

/// A handle of the library with the request that it carries and the response that comes back; used again and again.
// @unchecked Sendable: touched only on the client's loop.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<(ClientResponse, redirect: String?), ClientError>

    /// Who waits for the end.
    enum Waiting {
        case answer((Result<ClientAnswer, ClientError>) -> Void)
        case response(CheckedContinuation<Outcome, Never>)
    }

    let easy = EasyHandle()
    /// Tells this request from earlier ones on the same handle.
    private(set) var number = 0
    /// Place among the client's transfers under way.
    var place = 0
    var waiting: Waiting?
    /// The client, told about every new socket. It outlives its transfers.
    private let client: UnsafeMutableRawPointer
    private let options: ClientOptions
    private var keeps = ClientRequest.Kept.everything
    fileprivate var head = ResponseHead()
    private var body: [UInt8] = []
    private var bodyBytes = 0
    private var isTooLarge = false
    /// How often the request was about to be sent.
    private var attempts = 0
    /// What the handle is set up for; nil when it must be set up anew.
    private var current: ClientRequest?
    /// What a TLS handshake agreed on; only looked at for connections.
    private(set) var session: TLSSession?
    /// False for one whose owner still looks at it when it has ended.
    let isReusable: Bool

    init(client: UnsafeMutableRawPointer, options: ClientOptions, isReusable: Bool = true) {
        self.client = client
        self.options = options
        self.isReusable = isReusable
    }

    // MARK: Options

    /// Sets the handle up for a request. Options that stand as they should are left alone: load repeats its requests.
    func prepare(_ request: ClientRequest, keeping keeps: ClientRequest.Kept) throws(ClientError) {
        number += 1
        let keptBefore = self.keeps
        self.keeps = keeps
        head.clear()
        body = []
        bodyBytes = 0
        isTooLarge = false
        attempts = 0
        let previous = current
        // Whatever goes wrong now, the handle is not used as it is.
        current = nil
        if let previous, previous.isSentLike(request) {
            easy.clearMessage()
            if keeps != keptBefore { setHeaderCallback() }
            if previous.url != request.url { try setURL(request.url) } else { easy.keep(url: request.url) }
            if previous.headers != request.headers { easy.set(headerLines: try HeaderLines.make(for: request)) }
            if previous.body != request.body { easy.set(body: request.body) }
        } else {
            easy.reset()
            try setAll(request)
        }
        current = request
    }

    /// Sets the handle up for a connection over which nothing is sent.
    func prepare(_ request: ConnectRequest) throws(ClientError) {
        number += 1
        try setBasics(url: request.url, timeout: request.timeout)
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
        current = ClientRequest(url: request.url, timeout: request.timeout)
    }

    private func setURL(_ url: String) throws(ClientError) {
        if url.utf8.contains(0) { throw .invalidURL(url) }
        easy.set(url: url)
    }

    private func setAll(_ request: ClientRequest) throws(ClientError) {
        try setBasics(url: request.url, timeout: request.timeout)
        if let path = request.unixSocket { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        setVerification(request.verifiesCertificate ? .full : .none)
        set(request.certificate)
        if let version = request.version { easy.set(CURLOPT_HTTP_VERSION, version.option(for: request.url)) }
        setMethod(request)
        easy.set(headerLines: try HeaderLines.make(for: request))
        if request.decodesBody { easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        set(request.authentication)
        if let proxy = request.proxy { try set(proxy) }
        setCallbacks()
        // Some kinds of authentication send a request twice by themselves.
        if !options.repeatsLostRequests, request.authentication == nil {
            curl_set_ready_callback(easy.pointer, { context, _, _, _, _ in transfer(context).ready() }, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    private func setBasics(url: String, timeout: Duration?) throws(ClientError) {
        easy.useMessageBuffer()
        easy.set(CURLOPT_NOSIGNAL, 1)
        try setURL(url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        setProxy()
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

    private func setProxy() {
        if let proxy = options.proxy { easy.set(CURLOPT_PROXY, proxy); return }
        guard !options.usesProxyFromEnvironment else { return }
        easy.set(CURLOPT_PROXY, "")
        easy.set(CURLOPT_NOPROXY, "*")
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
        setHeaderCallback()
        curl_set_open_socket(pointer, openSocket)
        curl_set_pointer(pointer, CURLOPT_OPENSOCKETDATA, client)
    }

    /// Header fields that nobody keeps are not handed over.
    private func setHeaderCallback() {
        guard keeps == .everything else {
            curl_set_data_callback(easy.pointer, CURLOPT_HEADERFUNCTION, nil)
            curl_set_pointer(easy.pointer, CURLOPT_HEADERDATA, nil)
            return
        }
        curl_set_data_callback(easy.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            transfer(context).head.read(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        curl_set_pointer(easy.pointer, CURLOPT_HEADERDATA, Unmanaged.passUnretained(self).toOpaque())
    }

    // MARK: Coming back

    /// The connection is there; its session can be looked at now and no longer when the transfer has ended.
    fileprivate func connected() -> Int32 {
        session = curl_get_openssl_session(easy.pointer).map { TLSSession(OpaquePointer($0)) }
        return CURL_PREREQFUNC_OK
    }

    /// The library has no option against sending again.
    fileprivate func ready() -> Int32 {
        attempts += 1
        return attempts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// - Returns: Bytes taken; fewer than offered makes the library give up.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        bodyBytes += bytes.count
        guard keeps == .everything else { return bytes.count }
        guard bodyBytes <= options.bodyLimitBytes else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Tells whoever waits how it ended. What the library knows is read before the handle carries another request.
    func finish(_ code: CURLcode) {
        switch waiting.take() {
        case nil: break
        case .answer(let completion):
            let result = answer(code)
            completion(result)
        case .response(let continuation):
            continuation.resume(returning: answer(code).map { (response(from: $0), redirect: $0.redirect) })
        }
    }

    /// Ends without the library: cancelled, or never begun.
    func fail(_ error: ClientError) {
        current = nil
        switch waiting.take() {
        case nil: break
        case .answer(let completion): completion(.failure(error))
        case .response(let continuation): continuation.resume(returning: .failure(error))
        }
    }

    private func answer(_ code: CURLcode) -> Result<ClientAnswer, ClientError> {
        guard code == CURLE_OK else {
            defer { current = nil }
            return .failure(isTooLarge ? tooLarge : attempts > 1 ? .connectionReset : failure(code))
        }
        let status = easy.number(CURLINFO_RESPONSE_CODE)
        let announced = Int(curl_get_size(easy.pointer, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
        var answer = ClientAnswer(
            status: status, bodyBytes: bodyBytes, announcedBytes: announced < 0 ? nil : announced, times: ClientAnswer.Times(of: easy))
        if (300..<400).contains(status) { answer.redirect = curl_get_text(easy.pointer, CURLINFO_REDIRECT_URL).map { String(cString: $0) } }
        if keeps == .everything {
            answer.head = head
            answer.body = body
        }
        return .success(answer)
    }

    private func response(from answer: ClientAnswer) -> ClientResponse {
        ClientResponse(
            status: answer.status, httpVersion: httpVersion, headers: answer.head.headers, body: answer.body,
            timings: ClientResponse.Timings(answer.times), effectiveURL: easy.text(CURLINFO_EFFECTIVE_URL),
            remoteAddress: easy.text(CURLINFO_PRIMARY_IP))
    }

    private var tooLarge: ClientError { .bodyTooLarge(limitBytes: options.bodyLimitBytes) }

    private func failure(_ code: CURLcode) -> ClientError {
        ClientError(
            code: code, systemCode: Int32(easy.number(CURLINFO_OS_ERRNO)), verification: easy.number(CURLINFO_SSL_VERIFYRESULT), message: easy.errorText,
            url: current?.url ?? "", limit: current?.timeout ?? .microseconds(easy.microseconds(CURLINFO_TOTAL_TIME_T)))
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

extension ClientRequest {
    /// True when nothing differs but what is cheap to set: URL, header fields and the bytes of a body.
    fileprivate func isSentLike(_ other: ClientRequest) -> Bool {
        method == other.method && body.isEmpty == other.body.isEmpty && timeout == other.timeout && version == other.version
            && verifiesCertificate == other.verifiesCertificate && unixSocket == other.unixSocket
            && decodesBody == other.decodesBody && authentication == other.authentication && certificate == other.certificate && proxy == other.proxy
    }
}

extension ClientRequest.Version {
    fileprivate func option(for url: String) -> Int {
        switch self {
        case .http1_0: CURL_HTTP_VERSION_1_0
        case .http1_1: CURL_HTTP_VERSION_1_1
        case .http2: CURL_HTTP_VERSION_2TLS
        case .http2Always: URLParts(url)?.scheme == "https" ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
        }
    }
}

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(pointer!).takeUnretainedValue()
}
