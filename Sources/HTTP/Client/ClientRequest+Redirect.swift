import CCurl

extension ClientRequest {
    /// Turns into the request that a redirect asks for (RFC 9110 §15.4).
    ///
    /// - Parameter location: An absolute URL.
    public mutating func follow(status: Int, to location: String) {
        changeMethod(after: status)
        if Self.origin(location) != Self.origin(url) {
            // Credentials are for the host that they were meant for.
            for name in ["Authorization", "Cookie", "Host"] { headers.remove(name) }
        }
        url = location
    }

    /// 303 asks for GET; after 301 and 302 every browser turns POST into GET; 307 and 308 change nothing.
    private mutating func changeMethod(after status: Int) {
        let becomesGet = (status == 303 && method != "HEAD") || ([301, 302].contains(status) && method == "POST")
        guard becomesGet else { return }
        method = "GET"
        body = []
        headers.remove("Content-Type")
    }

    /// Scheme, host and port.
    private static func origin(_ url: String) -> [String] {
        guard let parts = URLParts(url) else { return [url] }
        return [parts.scheme, parts.host, String(parts.port)]
    }
}
