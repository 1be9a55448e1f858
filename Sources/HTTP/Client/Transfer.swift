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
    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var bodyBytes = 0
    private var isTooLarge = false
    /// What the handle is set up for; nil when it must be set up anew.
    private var current: ClientRequest?

    init(client: UnsafeMutableRawPointer, options: ClientOptions) {
        self.client = client
        self.options = options
    }

    // MARK: Options

    /// Sets the handle up for a request. Options that stand as they should are left alone: load repeats its requests.
    func prepare(_ request: ClientRequest, keeping keeps: ClientRequest.Kept) throws(ClientError) {
        number += 1
        self.keeps = keeps
        head.clear()
        body = []
        bodyBytes = 0
        isTooLarge = false
        let previous = current
        // Whatever goes wrong now, the handle is not used as it is.
        current = nil
        if let previous, previous.isSentLike(request) {
            easy.clearMessage()
            if previous.url != request.url { try setURL(request.url) }
            if previous.headers != request.headers { easy.set(headerLines: try HeaderLines.make(for: request)) }
            if previous.body != request.body { easy.set(body: request.body) }
        } else {
            easy.reset()
            try setAll(request)
        }
        current = request
    }

    private func setURL(_ url: String) throws(ClientError) {
        if url.utf8.contains(0) { throw .invalidURL(url) }
        easy.set(CURLOPT_URL, url)
    }

    private func setAll(_ request: ClientRequest) throws(ClientError) {
        easy.useMessageBuffer()
        easy.set(CURLOPT_NOSIGNAL, 1)
        try setURL(request.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        setProxy()
        if let path = request.unixSocket { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if !request.verifiesCertificate {
            easy.set(CURLOPT_SSL_VERIFYPEER, 0)
            easy.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let timeout = request.timeout {
            // Rounded up: 0 would mean no limit.
            easy.set(CURLOPT_TIMEOUT_MS, Swift.max(1, Int((timeout.nanoseconds + 999_999) / 1_000_000)))
        }
        if let version = request.version { easy.set(CURLOPT_HTTP_VERSION, version.option) }
        setMethod(request)
        easy.set(headerLines: try HeaderLines.make(for: request))
        setCallbacks()
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
        curl_set_data_callback(pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            transfer(context).receive(line: UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        curl_set_pointer(pointer, CURLOPT_HEADERDATA, context)
        curl_set_open_socket(pointer, openSocket)
        curl_set_pointer(pointer, CURLOPT_OPENSOCKETDATA, client)
    }

    // MARK: Coming back

    fileprivate func receive(line: UnsafeRawBufferPointer) {
        if keeps == .everything { head.read(line) }
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
            return .failure(isTooLarge ? tooLarge : failure(code))
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

    private var tooLarge: ClientError { .other("the response body is larger than \(options.bodyLimitBytes) bytes") }

    private func failure(_ code: CURLcode) -> ClientError {
        ClientError(
            code: code, systemCode: Int32(easy.number(CURLINFO_OS_ERRNO)), message: easy.errorText, url: current?.url ?? "",
            limit: current?.timeout ?? .microseconds(easy.microseconds(CURLINFO_TOTAL_TIME_T)))
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
    }
}

extension ClientRequest.Version {
    fileprivate var option: Int {
        switch self {
        case .http1_0: CURL_HTTP_VERSION_1_0
        case .http1_1: CURL_HTTP_VERSION_1_1
        case .http2: CURL_HTTP_VERSION_2TLS
        }
    }
}

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(pointer!).takeUnretainedValue()
}
