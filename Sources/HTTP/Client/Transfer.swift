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

    init(easy: EasyHandle, bodyLimitBytes: Int) {
        self.easy = easy
        self.bodyLimitBytes = bodyLimitBytes
    }

    func finish(_ outcome: Outcome) { continuation.take()?.resume(returning: outcome) }

    // MARK: Options

    /// Sets all options of the handle.
    func prepare(_ request: ClientRequest, options: ClientOptions) throws(ClientError) {
        url = request.url
        timeout = request.timeout
        if request.url.utf8.contains(0) { throw .invalidURL(request.url) }
        easy.useMessageBuffer()
        easy.set(CURLOPT_NOSIGNAL, 1)
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        if !options.usesProxyFromEnvironment { easy.set(CURLOPT_PROXY, "") }
        if let path = request.unixSocket { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if !request.verifiesCertificate {
            easy.set(CURLOPT_SSL_VERIFYPEER, 0)
            easy.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let timeout {
            // Rounded up: 0 would mean no limit.
            easy.set(CURLOPT_TIMEOUT_MS, Swift.max(1, Int((timeout.nanoseconds + 999_999) / 1_000_000)))
        }
        setMethod(request)
        easy.set(headerLines: try HeaderLines.make(for: request))
        setCallbacks()
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

    private var tooLarge: ClientError { .other("the response body is larger than \(bodyLimitBytes) bytes") }

    private func failure(_ code: CURLcode) -> ClientError {
        ClientError(
            code: code, systemCode: Int32(easy.number(CURLINFO_OS_ERRNO)), message: easy.errorText, url: url,
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
