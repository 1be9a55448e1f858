import Base
import Foundation
import Testing

@testable import Host

/// `shophost lab` as a learner types it.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct LabCommandTests {
    private static func lab(_ arguments: [String], _ folder: PackFolder) throws -> (status: Int32, output: String, complaint: String) {
        try ChildHost.run(["lab"] + arguments, controlFile: folder.folder + "/control.json")
    }

    private static func visit(_ body: @escaping @Sendable (Guest, PackFolder) async throws -> Void) throws {
        let folder = try PackFolder()
        let configuration = folder.configuration { $0.shops = [HostConfiguration.ShopRequest(name: "shop", pack: "anycompany", state: "healthy", port: 0)] }
        try Guest.visit(configuration) { guest in try await body(guest, folder) }
    }

    @Test func `labs of the running shop are listed and shown`() throws {
        try Self.visit { _, folder in
            let list = try Self.lab(["list"], folder)
            #expect(list.status == 0 && list.output.contains("1-deploy-and-shop") && list.output.contains("3-traces"), "\(list.complaint)")
            let shown = try Self.lab(["show", "1"], folder)
            #expect(shown.output.hasPrefix("Deploy the shop and buy a watch\n") && shown.output.contains("  shophost --pack anycompany --state healthy\n"))
            #expect(shown.output.contains("Done? shophost lab verify 1-deploy-and-shop 3\n"))
            let lab = try Value.parse(json: try Self.lab(["show", "2-logs-and-metrics", "--json"], folder).output.utf8)
            #expect(lab["steps"]?.elements?.count == 4 && lab["steps"]?["0"]?["verifiable"] == true)
        }
    }

    @Test func `a step is done when it was done`() throws {
        try Self.visit { guest, folder in
            let before = try Self.lab(["verify", "1"], folder)
            #expect(before.status == 1 && before.output.contains("not met trace service:Frontend resource:\"POST /cart/order\" status:302: nothing found"), "\(before.output)\(before.complaint)")
            #expect(before.output.hasSuffix("step 3, Buy a watch: not done\n"))
            // The checks have bought one.
            let after = try Self.lab(["verify", "1", "3"], folder)
            #expect(after.status == 0 && after.output.contains("met     Visitors buy a watch\n"), "\(after.output)\(after.complaint)")
            try await guest.setFault("order-unreachable", true)
            let broken = try Self.lab(["verify", "1", "2", "--json"], folder)
            #expect(broken.status == 1)
            let findings = try Value.parse(json: broken.output.utf8)
            #expect(findings["done"] == false && findings["findings"]?["0"]?["what"] == "Every service is healthy" && findings["findings"]?["0"]?["met"] == false)
        }
    }

    @Test func `what vanishes is found on the map, and what came back is gone from it`() throws {
        try Self.visit { guest, folder in
            try await guest.command("POST", "/v1/switch", .object(["pack": "anycompany", "state": "killed-recommender"]))
            #expect(try Self.lab(["verify", "3", "3"], folder).status == 1)
            _ = try await guest.get("frontend", "/product/6464865908071")
            #expect(try Self.lab(["verify", "3", "3"], folder).status == 0)
            let still = try Self.lab(["verify", "3", "4"], folder)
            #expect(still.status == 1 && still.output.contains("not met no xray service() { remote fault }"))
            try await guest.command("POST", "/v1/switch", .object(["pack": "anycompany", "state": "healthy"]))
            let back = try Self.lab(["verify", "3", "4"], folder)
            #expect(back.status == 0, "\(back.output)\(back.complaint)")
        }
    }

    @Test func `wrong words are answered with what to type`() throws {
        let folder = try PackFolder()
        #expect(try Self.lab(["list"], folder).complaint.contains("no host is running"))
        #expect(try Self.lab(["list", "--pack", "hello"], folder).output == "the pack has no labs\n")
        for (arguments, hint) in [
            (["lst"], "did you mean \"list\"?"), (["show", "4-trace", "--pack", "anycompany"], "there is no lab"), (["verify", "1", "9", "--pack", "anycompany"], "steps 1 to 3"),
            (["verify", "1", "1", "--pack", "anycompany"], "these have: 2, 3"),
        ] {
            let outcome = try Self.lab(arguments, folder)
            #expect(outcome.status == 64 && outcome.complaint.contains(hint), "\(arguments): \(outcome.complaint)")
        }
    }
}
