import CCurl

/// The parts of an absolute URL, read by libcurl's own parser so that both always agree.
public struct URLParts: Sendable, Equatable {
    /// Lower case, for example `http`.
    public var scheme: String
    /// An IPv6 address keeps its brackets.
    public var host: String
    /// The scheme's own port when the URL names none.
    public var port: Int

    /// Nil for what is not an absolute URL.
    public init?(_ url: String) {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = Self.part(handle, CURLUPART_SCHEME), let host = Self.part(handle, CURLUPART_HOST),
            let port = Self.part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Where a reference such as `/login` or `?page=2` leads from a page (RFC 3986 §5); nil when one of both is no URL.
    public static func resolve(_ reference: String, from url: String) -> String? {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_URLENCODE)
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK, curl_url_set(handle, CURLUPART_URL, reference, flags) == CURLUE_OK else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    static func part(_ handle: OpaquePointer, _ what: CURLUPart, _ flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, what, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
