import Base
import Foundation
import Testing

@testable import Load

/// Journeys with mistakes: each `NAME.json` of `Fixtures/broken-journeys` has all that must be said about it in `NAME.txt`.
///
/// `RECORD=1 swift test --filter JourneyFileTests` writes the messages again; read them before you commit them.
@Suite struct JourneyFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/broken-journeys").standardized

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).filter { $0.hasSuffix(".json") }.sorted()

    private static func messages(_ file: JourneyFile) -> String {
        do throws(Problems) {
            _ = try file.read()
            return "no mistakes\n"
        } catch {
            return error.description + "\n"
        }
    }

    @Test(arguments: names) func `a journey with mistakes is told all of them with their places`(name: String) throws {
        let text = try Data(contentsOf: Self.folder.appending(path: name))
        let messages = Self.messages(JourneyFile(path: "kiosk/load/\(name)", text: Array(text), services: ["shop", "prices", "PRICES"]))
        let file = Self.folder.appending(path: name.replacing(".json", with: ".txt"))
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try Data(messages.utf8).write(to: file) }
        #expect(messages == (try String(contentsOf: file, encoding: .utf8)))
        #expect(messages != "no mistakes\n")
    }

    @Test func `there are broken journeys`() { #expect(Self.names.count >= 12) }

    /// The load scripts of the other demo shops, written as journeys.
    @Test(arguments: ["boutique", "sockshop-latency", "sockshop-load-test", "sockshop-payment", "anycompany"]) func `the other shops' load scripts can be expressed`(name: String) throws {
        let file = Self.folder.appending(path: "../load-journeys/\(name).json").standardized
        let journey = try JourneyFile(path: file.path(), text: Array(try Data(contentsOf: file)), services: nil).read()
        #expect(!journey.entries.isEmpty)
    }
}
