import HTTP
import Packs
import Synthetics

/// Where checks find the services of a shop that has no sockets: one made-up loopback port for each, and one for its telemetry.
struct Addresses: Sendable {
    enum Destination: Sendable, Equatable { case service(String), observability }

    private static let host = "127.0.0.1"
    private static let firstPort = 3_000
    private static let observabilityPort = 16_686
    static let observabilityURL = "http://\(host):\(observabilityPort)"

    /// In the pack's order; position gives the port.
    private let services: [String]
    /// What checks can name as `{{ NAME }}`, as a running host gives them.
    let variables: [String: String]

    init(_ pack: Pack) {
        services = pack.services
        func url(_ service: String) -> String { "http://\(Self.host):\(Self.firstPort + (pack.services.firstIndex(of: service) ?? 0))" }
        var bases = ["OBSERVABILITY_URL": Self.observabilityURL]
        for service in pack.services where pack.listens(service) { bases[service] = url(service) }
        var variables = VariableSources.urlVariables(for: bases)
        for (alias, service) in pack.aliases { variables["\(alias)_URL"] = url(service) }
        variables["SHOP"] = Bench.shopName
        self.variables = variables
    }

    func url(of service: String) -> String { variables.first { destination(of: URLParts($0.value)) == .service(service) }?.value ?? "" }

    /// - Throws: What a client would meet: a host without a name, a port where nobody listens.
    func destination(of url: String) throws(ClientError) -> Destination {
        if let port = Self.plainPort(of: url), let destination = destination(of: port) { return destination }
        guard let parts = URLParts(url) else { throw .invalidURL(url) }
        guard parts.host == Self.host else { throw .nameNotResolved(host: parts.host) }
        guard let destination = destination(of: parts) else { throw .connectionRefused(host: parts.host, port: parts.port) }
        return destination
    }

    private func destination(of parts: URLParts?) -> Destination? {
        parts.flatMap { destination(of: $0.port) }
    }

    private static let plainStart = "http://\(host):"

    /// Of a URL that is spelt as `variables` are: they need no parser.
    private static func plainPort(of url: String) -> Int? {
        guard url.utf8.starts(with: plainStart.utf8), url.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
        let rest = url.utf8.dropFirst(plainStart.utf8.count)
        let digits = rest.prefix { (48...57).contains($0) }
        switch rest[digits.endIndex...].first {
        case nil, UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): return Int(Substring(digits))
        default: return nil
        }
    }

    private func destination(of port: Int) -> Destination? {
        if port == Self.observabilityPort { return .observability }
        let index = port - Self.firstPort
        return services.indices.contains(index) ? .service(services[index]) : nil
    }
}
