import Base
import HTTP
import Storefront
import Synthetics

/// Opens the pages that links lead to, and everything that the observability API answers, so that a witness sees them.
struct Crawler: Sendable {
    let bench: Bench

    /// Pages opened at most, from each starting point the nearest first.
    private static let pageLimit = 40
    private static let observabilityPaths = [
        "/api/services", "/api/operations", "/api/traces?limit=20", "/api/dependencies", "/api/logs?limit=200", "/api/events?limit=200", "/metrics",
        "/api/nothing",
    ]

    /// Must run on the bench's loop.
    func crawl() async throws {
        let starts = try await bench.shop.with { core in core.services.flatMap { service in Self.openRoutes(of: service).map { (service.name, $0) } } }
        var waiting = starts.map { bench.url(of: $0.0) + $0.1 }
        var known = Set(waiting)
        var opened = 0
        while opened < Self.pageLimit, !waiting.isEmpty {
            let url = waiting.removeFirst()
            opened += 1
            // What cannot be opened is the business of checks.
            guard let page = try? await bench.transport.send(ClientRequest(url: url, timeout: .seconds(60), redirectLimit: 5)) else { continue }
            guard page.headers["Content-Type"]?.hasPrefix("text/html") == true else { continue }
            for link in Self.links(in: page.body, from: url) where known.insert(link).inserted { waiting.append(link) }
        }
        for path in Self.observabilityPaths { _ = try? await bench.transport.send(ClientRequest(url: bench.observabilityURL + path)) }
    }

    /// Paths that need nothing filled in, the shortest first.
    private static func openRoutes(of service: ServiceRuntime) -> [String] {
        let routes = (service.wiring["routes"]?.members ?? []).map { $0.name.split(separator: " ", maxSplits: 1) }
        let paths = routes.filter { $0.count == 2 && $0[0].split(separator: "|").contains("GET") }.map { String($0[1]) }
        return paths.filter { !$0.contains("{") && !$0.contains("*") }.sorted { $0.count < $1.count }
    }

    /// Targets of `href` attributes that begin with a slash, on the page's own host.
    private static func links(in body: [UInt8], from url: String) -> [String] {
        guard let parts = URLParts(url) else { return [] }
        let base = "\(parts.scheme)://\(parts.host):\(parts.port)"
        return String(decoding: body, as: UTF8.self).split(separator: "href=\"/").dropFirst().compactMap { rest in
            let path = rest.prefix { $0 != "\"" && $0 != "#" }
            return path.hasPrefix("/") ? nil : base + "/" + path.replacing("&amp;", with: "&")
        }
    }
}
