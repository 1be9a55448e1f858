import Base
import Packs
import Storefront
import Testing

@testable import Proving

@Suite struct SubmissionTests {
    private static let shipped: PackFiles = { do { return try PackFiles.read(directory: KioskPack.folder) } catch { fatalError("\(error)") } }()

    private static func submission(_ changes: [String: String], isCopy: Bool) throws -> Submission {
        let base = isCopy ? shipped.contents : [:]
        return Submission(PackFiles(origin: "mine", contents: base.merging(changes.mapValues { Array($0.utf8) }) { $1 }), of: try PackLoader.load(shipped))
    }

    private static func text(_ path: String) -> String { String(decoding: shipped.contents[path]!, as: UTF8.self) }

    @Test func `a copy of the pack hands in what differs from it`() throws {
        #expect(try Self.submission([:], isCopy: true).isEmpty)
        let prices = Self.text("services/prices.json")
        let submission = try Self.submission(
            [
                "services/prices.json": prices.replacing("joined", with: "lazy"), "services/store.json": Self.text("services/store.json") + "\n\n",
                "views/home.mustache": "<p>home</p>",
            ], isCopy: true)
        // Other lines of the same data are no change.
        #expect(submission.services.map(\.name) == ["prices"])
        #expect(submission.services[0].versions == [Submission.Version(text: prices.replacing("joined", with: "lazy"))])
        #expect(submission.services[0].file == "mine/services/prices.json")
        #expect(submission.views == [Submission.View("home", "<p>home</p>")])
        #expect(submission.filesWithoutEffect == [])
    }

    @Test func `a folder of files hands in all of them, also those that are as the pack's`() throws {
        let submission = try Self.submission(["services/prices.json": Self.text("services/prices.json"), "store.json": "{}", "notes.txt": "x"], isCopy: false)
        #expect(submission.services.map(\.name) == ["prices", "store"])
        #expect(submission.filesWithoutEffect == [])
    }

    @Test func `checks, faults, states, data and probes that were edited have no effect, and that is said`() throws {
        let changes = [
            "checks/kiosk.synthetics.json": "[]", "faults.json": "{}", "states.json": "{}", "data/item.json": "{}", "probes/mine.json": "{}", "pack.json": "{}",
        ]
        let submission = try Self.submission(changes, isCopy: true)
        #expect(submission.isEmpty)
        #expect(submission.filesWithoutEffect == changes.keys.sorted())
        let grade = try Grader(prepared: KioskProbe.prepared()).grade(submission, for: Assignment(state: "broken"))
        #expect(!grade.isFixed)
        #expect(grade.text(namesFaults: false).contains("checks/kiosk.synthetics.json differs from the pack's and has no effect"))
    }

    @Test func `a submission travels as JSON`() throws {
        let submission = Submission(
            services: [Submission.Service("a", [Submission.Version(version: "1.0", weight: 40, title: "t", text: "{\"x\": \"\\n\"}"), Submission.Version(weight: 60, text: "{}")], file: "f")],
            views: [Submission.View("v", "é")], filesWithoutEffect: ["checks/x"])
        #expect(Submission(try Value.parse(json: submission.value.jsonBytes())) == submission)
        #expect(Submission(["services"]) == nil)
    }
}
