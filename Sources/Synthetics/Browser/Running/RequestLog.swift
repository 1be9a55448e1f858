import Base

/// The requests that a page has made, from Chrome's performance log.
struct RequestLog {
    private var urls: [String] = []

    /// Takes what the log has had since it was last read; each entry's `message` is JSON with a DevTools event in it.
    mutating func add(_ entries: [Value]) {
        for entry in entries {
            guard let text = entry["message"]?.text, text.contains("Network.requestWillBeSent\""),
                let event = (try? Value.parse(json: text.utf8))?["message"], event["method"] == "Network.requestWillBeSent",
                let url = event["params"]?["request"]?["url"]?.text
            else { continue }
            urls.append(url)
        }
    }

    /// Requests to URLs that fit a pattern from beginning to end; `*` stands for anything.
    func count(_ pattern: String) -> Int {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        return urls.count { Self.fits($0, parts) }
    }

    private static func fits(_ url: String, _ parts: [String]) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return url == parts.first }
        guard url.hasPrefix(first) else { return false }
        var rest = url.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
