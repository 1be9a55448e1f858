import Base
import Foundation
import Testing

/// The pack's journeys with the real programs and a real browser: what `proof.red` says of them, which simulated time cannot ask.
@Suite(.serialized, .enabled(if: Product.canRun, "the programs are not built, or there is no browser"))
struct JourneyTests {
    @Test(arguments: [("fixed", nil), ("broken", nil), ("fixed", "search-whole-name")])
    func `exactly those journeys fail that the faults name`(state: String, fault: String?) throws {
        let faults = try PackFiles.faults(ofState: state) + [fault].compactMap { $0 }
        let expected = try PackFiles.journeys().filter(Set(try faults.flatMap(PackFiles.red)).contains)
        #expect(expected.count == (state == "broken" ? 3 : fault == nil ? 0 : 1))
        let shop = try RunningShop(state: state)
        if let fault { try shop.switchOn(fault) }
        let report = try shop.journeys()
        #expect(report.names == (try PackFiles.journeys()))
        #expect(report.failed == expected, "\(report.reasons)")
        #expect(report.skipped.isEmpty)
        #expect(report.status == (expected.isEmpty ? 0 : 1))
        // Each journey that went well ended with the report of its visit.
        for steps in report.stepsOfPassed { #expect(steps.last?["type"] == "runApiTest" && steps.last?["passed"] == true) }
    }
}

/// What the pack says of itself.
enum PackFiles {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Packs/storedog")

    private static func value(_ path: String) throws -> Value { try Value.parse(json: Data(contentsOf: folder.appending(path: path))) }

    static func journeys() throws -> [String] {
        try value("checks/browser.synthetics.json")["tests"]?.elements?.compactMap { $0["localTestDefinition"]?["name"]?.text } ?? []
    }

    static func faults(ofState name: String) throws -> [String] {
        let states = try value("states.json").fields
        let state = states.flatMap { states in
            zip(states.layout.names, states.values).first { $0 == name || $1["aliases"]?.elements?.contains(.string(name)) == true }?.1
        }
        guard let state else { throw Unexpected("no state \(name)") }
        return state["faults"]?.elements?.map(\.text) ?? []
    }

    static func red(_ fault: String) throws -> [String] { try value("faults.json")[fault]?["proof"]?["red"]?.elements?.map(\.text) ?? [] }
}

/// The program `shophost` with the pack in a state, ended with this object.
final class RunningShop {
    private let folder: Folder
    private let host: Product
    private var environment: [String: String] { ["SHOPHOST_CONTROL": folder.path + "/control.json"] }

    init(state: String) throws {
        folder = try Folder()
        let arguments = ["--pack", "storedog", "--state", state, "--port", "0", "--observability-port", "0", "--logs", "off", "--rum", "local"]
        host = try Product("shophost", arguments, environment: ["SHOPHOST_CONTROL": folder.path + "/control.json"])
        guard host.prints("ready ") else { throw Unexpected("the shop does not start") }
    }

    deinit { _ = host.end(by: SIGTERM) }

    func switchOn(_ fault: String) throws {
        guard try Product.run("shophost", ["fault", "on", fault], environment: environment).status == 0 else { throw Unexpected("no fault \(fault)") }
    }

    struct Report {
        var status: Int32
        var results: [Value]

        var names: [String] { results.map { $0["test"]?["name"]?.text ?? "" } }
        func names(_ status: String) -> [String] { results.filter { $0["status"]?.text == status }.map { $0["test"]?["name"]?.text ?? "" } }
        var failed: [String] { names("failed") }
        var skipped: [String] { names("skipped") }
        var reasons: [String] { results.compactMap { $0["result"]?["failure"]?["message"]?.text } }
        var stepsOfPassed: [[Value]] { results.filter { $0["status"] == "passed" }.map { $0["result"]?["stepDetails"]?.elements ?? [] } }
    }

    func journeys() throws -> Report {
        let arguments = ["checks", "--search", "browser", "--json", "--screenshots", folder.path + "/pictures"]
        let (status, output) = try Product.run("synthetics-start", arguments, environment: environment)
        return Report(status: status, results: try Value.parse(json: output)["results"]?.elements ?? [])
    }
}
