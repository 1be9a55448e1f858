import Foundation
import Testing

@testable import Host

/// The real Locust (PyPI) against healthy shops, with files that send what the originals' load generators send.
@Suite(.enabled(if: Peer.program("locust") != nil, Peer.absence(of: "locust")), .serialized) struct LocustTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures")

    @Test(arguments: [
        ("boutique", "backend", ["/auth/login", "/auth/register", "/cart", "/cart (checkout)", "/checkout", "/payment/charge", "/products", "/products/[id]"]),
        ("sockshop", "front-end", ["Add to Cart", "Browse Catalogue", "LOGIN", "Login Page", "View Cart", "View Item"]),
    ])
    func `every request of the load generator has the status that it expects`(pack: String, service: String, names: [String]) throws {
        let folder = try PackFolder()
        let configuration = folder.configuration { $0.shops = [HostConfiguration.ShopRequest(name: "shop", pack: pack, state: "fixed", port: 0)] }
        let report = folder.folder + "/report"
        let outcome = try Guest.visit(configuration) { guest in
            try ChildHost.capture(
                [
                    "--locustfile", Self.fixtures.appending(path: "\(pack)/locustfile.py").path, "--host", try await guest.url(service), "--headless", "--users", "60",
                    "--spawn-rate", "60", "--run-time", "20s", "--csv", report, "--only-summary",
                ], program: Peer.program("locust"))
        }
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
        let rows = try String(contentsOfFile: report + "_stats.csv", encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        for name in names { #expect(rows.contains { $0[1] == name && $0[3] == "0" }, "\(name)\n\(outcome.complaint)") }
        let all = try #require(rows.last)
        #expect(all[1] == "Aggregated" && (Int(all[2]) ?? 0) > 150 && all[3] == "0", "\(all)")
    }
}
