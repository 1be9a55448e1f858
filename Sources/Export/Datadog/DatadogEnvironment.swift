import Base
import Telemetry

/// Reads Datadog's variables: an empty value is an unset one, a wrong one is named and ignored.
struct DatadogEnvironment {
    private let environment: [String: String]
    private(set) var warnings: [String] = []

    init(_ environment: [String: String]) { self.environment = environment }

    subscript(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    mutating func traces() -> DatadogConfiguration.Traces? {
        let host = self["DD_AGENT_HOST"]
        let url = self["DD_TRACE_AGENT_URL"]
        guard host != nil || url != nil, isOn("DD_TRACE_ENABLED") else { return nil }
        var traces = DatadogConfiguration.Traces()
        if let host { traces.url = "http://\(Self.inURL(host)):\(port("DD_TRACE_AGENT_PORT", 8_126))" }
        if let url, !take(url, into: &traces) {
            warnings.append("DD_TRACE_AGENT_URL=\(url) is not http://HOST:PORT or unix:///PATH; \(host == nil ? "no traces are sent" : "using DD_AGENT_HOST")")
            if host == nil { return nil }
        }
        if let text = self["DD_TRACE_AGENT_TIMEOUT_SECONDS"] {
            if let seconds = Double(text), seconds > 0, seconds <= 3_600 {
                traces.timeout = .milliseconds(exactly: seconds * 1_000)
            } else {
                warnings.append("DD_TRACE_AGENT_TIMEOUT_SECONDS=\(text) is not a positive number of seconds; using 2")
            }
        }
        return traces
    }

    /// False when the URL cannot be used.
    private func take(_ url: String, into traces: inout DatadogConfiguration.Traces) -> Bool {
        if let path = Self.path(ofSocket: url) {
            traces.socket = path
            traces.url = "http://localhost"
            return true
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return false }
        let bare = String(url.reversed().drop { $0 == "/" }.reversed())
        guard bare.hasSuffix(":") == false, bare.utf8.count > "https://".utf8.count else { return false }
        traces.url = bare
        return true
    }

    mutating func metrics() -> DatadogConfiguration.Metrics? {
        var metrics = DatadogConfiguration.Metrics()
        let host = self["DD_DOGSTATSD_HOST"] ?? self["DD_AGENT_HOST"]
        let url = self["DD_DOGSTATSD_URL"]
        guard host != nil || url != nil else { return nil }
        if let host { metrics.target = .host(host, port: port("DD_DOGSTATSD_PORT", 8_125)) }
        guard let url else { return metrics }
        if let target = Self.target(url) {
            metrics.target = target
            return metrics
        }
        warnings.append("DD_DOGSTATSD_URL=\(url) is not udp://HOST:PORT or unix:///PATH; \(host == nil ? "no metrics are sent" : "using the agent's host")")
        return host == nil ? nil : metrics
    }

    private static func target(_ url: String) -> DatagramTarget? {
        if let path = path(ofSocket: url) { return .unix(path: path) }
        guard url.hasPrefix("udp://") else { return nil }
        let rest = url.dropFirst("udp://".count)
        guard let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else { return rest.isEmpty ? nil : .host(String(rest), port: 8_125) }
        guard let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port), colon > rest.startIndex else { return nil }
        return .host(String(rest[..<colon].filter { $0 != "[" && $0 != "]" }), port: port)
    }

    private static func path(ofSocket url: String) -> String? {
        for prefix in ["unix://", "unixgram://"] where url.hasPrefix(prefix + "/") { return String(url.dropFirst(prefix.count)) }
        return nil
    }

    /// An IPv6 address stands in brackets there.
    private static func inURL(_ host: String) -> String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host }

    private mutating func port(_ name: String, _ standard: Int) -> Int {
        guard let text = self[name] else { return standard }
        if let port = Int(text), (1...65_535).contains(port) { return port }
        warnings.append("\(name)=\(text) is not a port; using \(standard)")
        return standard
    }

    private func isOn(_ name: String) -> Bool { !["false", "0"].contains(self[name]?.lowercased()) }

    /// `key:value,key:value`; spaces separate as well where there are no commas.
    mutating func tags() -> [Attribute] {
        guard let text = self["DD_TAGS"] else { return [] }
        return text.split(whereSeparator: { text.contains(",") ? $0 == "," : $0 == " " }).compactMap { part in
            let tag = part.drop { $0 == " " }
            guard let colon = tag.firstIndex(of: ":"), colon > tag.startIndex, tag.index(after: colon) < tag.endIndex else {
                warnings.append("DD_TAGS: expected key:value,key:value, not \"\(tag)\"")
                return nil
            }
            return Attribute(String(tag[..<colon]), .string(String(tag[tag.index(after: colon)...])))
        }
    }
}
