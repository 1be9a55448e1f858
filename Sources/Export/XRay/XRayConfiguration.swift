import Base

/// Where an X-Ray daemon listens, as X-Ray's environment variables say it.
public struct XRayConfiguration: Sendable, Equatable {
    public var host = "127.0.0.1"
    public var port = 2_000
    /// How long spans are collected before they are sent.
    public var flushInterval = Duration.seconds(1)
    /// Recorded spans that wait at most; beyond that the oldest traces are dropped.
    public var queueLimit = 10_000
    /// A datagram over IPv4 holds no more; X-Ray itself takes documents of 64 kB.
    public var datagramBytes = 65_507

    public init() {}

    /// Reads `AWS_XRAY_DAEMON_ADDRESS`: `host:port`, or `tcp:host:port udp:host:port` in any order.
    ///
    /// - Returns: Nil when no daemon is named, or `AWS_XRAY_SDK_ENABLED` is `false`. Warnings name values that were not used.
    public static func parse(_ environment: [String: String]) -> (configuration: XRayConfiguration?, warnings: [String]) {
        guard let text = environment["AWS_XRAY_DAEMON_ADDRESS"], !text.isEmpty, environment["AWS_XRAY_SDK_ENABLED"]?.lowercased() != "false" else { return (nil, []) }
        var configuration = XRayConfiguration()
        for part in text.split(separator: " ") {
            let isTyped = part.hasPrefix("udp:") || part.hasPrefix("tcp:")
            guard let (host, port) = address(isTyped ? part.dropFirst(4) : part) else {
                return (nil, ["AWS_XRAY_DAEMON_ADDRESS=\(text) is not host:port or \"tcp:host:port udp:host:port\"; no segments are sent"])
            }
            // Over TCP the daemon answers questions about sampling; we have rules of our own.
            if part.hasPrefix("tcp:") { continue }
            configuration.host = host
            configuration.port = port
        }
        return (configuration, [])
    }

    /// An IPv6 address stands in brackets.
    private static func address(_ text: Substring) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex, let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else { return nil }
        return (String(text[..<colon].filter { $0 != "[" && $0 != "]" }), port)
    }
}
