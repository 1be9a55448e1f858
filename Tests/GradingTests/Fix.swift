import Base
import EmbeddedPacks
import Foundation
import Handlers
import Packs
import Proving
import Synchronization
import Testing

@testable import Storefront

/// One file of `Fixtures/PACK/fixes/{wrong,right}`: what a learner may hand in, and what must be said of it.
///
/// ```json
/// {
///   "description": "Only ten discounts are listed: few queries, and most of the list is lost.",
///   "state": "fixed",
///   "faults": ["discounts-n-plus-one"],
///   "patch": { "discounts-service": { "GET /discount": { "steps": { "discounts": { "limit": 10 } } } } },
///   "because": [{ "kind": "answer", "says": "expected 103 values" }]
/// }
/// ```
///
/// | Key | Meaning |
/// |---|---|
/// | `state`, `faults` | what was to be mended; `fixed` and none when left out |
/// | `patch` | changes of wirings as the broken shop runs them, like a fault's |
/// | `services` | whole wirings |
/// | `shipped` | names of services whose wiring is handed in as the state has it without faults |
/// | `weights` | share of the requests that the edited wiring takes; the one before keeps the rest |
/// | `views` | whole views, or `{"from": VIEW, "replace": {OLD: NEW}}` |
/// | `files` | other files of the pack, which must have no effect |
/// | `mended` | with several faults: those that are mended all the same |
/// | `because` | wrong ones only: reasons that must be given, each with its kind and a part of its sentence |
struct Fix: Sendable, CustomTestStringConvertible {
    struct Reason: Sendable {
        var kind: String
        var says: String
    }

    var name: String
    var pack: String
    var isRight: Bool
    var node: JSONNode
    var problems: [String] = []

    var testDescription: String { name }
    var assignment: Assignment { Assignment(state: node["state"]?.string ?? "fixed", faults: texts("faults").map { ActiveFault(name: $0) }) }
    var mended: [String] { texts("mended") }
    var reasons: [Reason] { (node["because"]?.array ?? []).map { Reason(kind: $0["kind"]?.string ?? "", says: $0["says"]?.string ?? "") } }

    private func texts(_ name: String) -> [String] { (node[name]?.array ?? []).compactMap(\.string) }

    // MARK: Files

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures").standardized.path
    private static let keys = ["because", "description", "faults", "files", "mended", "patch", "services", "shipped", "state", "views", "weights"]

    /// Of all packs that are built in and have some. `ONLY=word,word swift test --filter GradingTests` takes those with a word in their names.
    static let all: [Fix] = found.filter { fix in
        ProcessInfo.processInfo.environment["ONLY"]?.split(separator: ",").contains { fix.name.contains($0) } ?? true
    }

    private static let found: [Fix] = EmbeddedPacks.names.flatMap { pack in
        ["wrong", "right"].flatMap { kind in
            let folder = "\(root)/\(pack)/fixes/\(kind)"
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { file in
                do {
                    let node = try JSONNode.parse(FileManager.default.contents(atPath: folder + "/" + file) ?? Data(), file: "\(kind)/\(file)")
                    let strangers = (node.members ?? []).map(\.name).filter { !keys.contains($0) }
                    return Fix(name: "\(pack): \(kind)/\(file)", pack: pack, isRight: kind == "right", node: node, problems: strangers.map { "unknown key \($0)" })
                } catch { fatalError("\(error)") }
            }
        }
    }

    // MARK: What is handed in

    func submission() throws -> Submission {
        let prepared = try Bank.prepared(pack)
        let pack = prepared.pack
        let state = try #require(pack.state(named: assignment.state))
        let faults = state.faults.map { ActiveFault(name: $0) } + assignment.faults.filter { !state.faults.contains($0.name) }
        let broken = try Wiring(pack, state: state, faults: faults)
        var submission = Submission()
        for (service, patch) in node["patch"].map(members) ?? [] {
            let before = try #require(broken.versions[service]?.last)
            let diagnostics = Diagnostics()
            let after = Overlay.apply(patch, to: before.wiring, reporting: diagnostics)
            try diagnostics.check()
            #expect(after.value != before.wiring.value, "the patch of \(service) changes nothing")
            submission.services.append(Submission.Service(service, versions(after, of: service, before: before.wiring), file: "services/\(service).json"))
        }
        let healthy = try Wiring(pack, state: state, faults: [])
        for service in texts("shipped") {
            let (before, after) = (try #require(broken.versions[service]?.last), try #require(healthy.versions[service]?.first))
            #expect(after.wiring.value != before.wiring.value, "\(service) is well")
            submission.services.append(Submission.Service(service, versions(after.wiring, of: service, before: before.wiring), file: "services/\(service).json"))
        }
        for (service, wiring) in node["services"].map(members) ?? [] {
            submission.services.append(Submission.Service(service, [Submission.Version(text: wiring.value.json())], file: "services/\(service).json"))
        }
        for (view, change) in node["views"].map(members) ?? [] { submission.views.append(Submission.View(view, try text(of: change, pack))) }
        // Whatever stands in them, the pack's own count.
        submission.filesWithoutEffect = (node["files"].map(members) ?? []).map(\.0)
        return submission
    }

    private func members(_ node: JSONNode) -> [(String, JSONNode)] { (node.members ?? []).map { ($0.name, $0.value) } }

    private func versions(_ after: JSONNode, of service: String, before: JSONNode) -> [Submission.Version] {
        let new = Submission.Version(text: after.value.json())
        guard let weight = node["weights"]?[service]?.value.integer else { return [new] }
        return [
            Submission.Version(weight: 100 - weight, title: "Initial version", text: before.value.json()),
            Submission.Version(weight: weight, text: after.value.json()),
        ]
    }

    private func text(of change: JSONNode, _ pack: Pack) throws -> String {
        if let text = change.string { return text }
        let file = "views/\(try #require(change["from"]?.string)).mustache"
        var text = String(decoding: try #require(pack.files.contents[file]), as: UTF8.self)
        for (old, new) in change["replace"].map(members) ?? [] {
            #expect(text.contains(old), "\(file) does not contain \(old)")
            text = text.replacing(old, with: new.string ?? "")
        }
        return text
    }
}

/// Packs, graders and grades, each made once for all tests.
enum Bank {
    /// `SEED=n swift test --filter GradingTests` looks for verdicts that are a matter of luck.
    private static let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? 1
    private static let packs = Mutex<[String: PreparedPack]>([:])
    private static let graders = Mutex<[String: Grader]>([:])
    private static let grades = Mutex<[String: Place]>([:])

    private final class Place: Sendable {
        let grade = Mutex<Grade?>(nil)
    }

    static func prepared(_ pack: String) throws -> PreparedPack {
        try packs.withLock { known in
            if let made = known[pack] { return made }
            let made = try PreparedPack(try #require(EmbeddedPacks.files(of: pack)), handlers: .builtIn, checksEverything: false)
            known[pack] = made
            return made
        }
    }

    static func grader(_ pack: String) throws -> Grader {
        let prepared = try prepared(pack)
        return try graders.withLock { known in
            if let made = known[pack] { return made }
            let made = try Grader(prepared: prepared, seed: seed)
            known[pack] = made
            return made
        }
    }

    static func grade(_ fix: Fix) throws -> Grade {
        // Whoever asks for a grade that is being made waits for it.
        let place = grades.withLock { known in
            let place = known[fix.name] ?? Place()
            known[fix.name] = place
            return place
        }
        return try place.grade.withLock { grade in
            if let grade { return grade }
            let made = try grader(fix.pack).grade(try fix.submission(), for: fix.assignment)
            grade = made
            return made
        }
    }
}
