import Base
import Foundation
import Handlers
import Packs
import ShopTesting
import Storefront
import Testing

/// Packs with mistakes: each folder of `Fixtures/broken-packs` holds the files that differ from the good kiosk, and all that must be said.
///
/// `RECORD=1 swift test --filter BrokenPackTests` writes the messages again; read them before you commit them.
struct BrokenPackTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/broken-packs").standardized

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).sorted()

    private static func pack(_ name: String) throws -> TestPack {
        let files = try PackFiles.readForTests(folder.appending(path: name).path())
        return TestPack(files)
    }

    private static func messages(of pack: TestPack) -> String {
        do {
            _ = try PreparedPack(pack.packFiles, handlers: .builtIn)
            return "no mistakes\n"
        } catch {
            return error.description + "\n"
        }
    }

    @Test(arguments: names) func `a broken pack is told every mistake with its place`(_ name: String) throws {
        let messages = Self.messages(of: try Self.pack(name))
        let file = Self.folder.appending(path: name).appending(path: "expected.txt")
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try Data(messages.utf8).write(to: file) }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(messages == expected)
        #expect(messages != "no mistakes\n")
    }

    @Test func `there are at least thirty broken packs and the good one has no mistake`() throws {
        #expect(Self.names.count >= 30)
        #expect(Self.messages(of: TestPack()) == "no mistakes\n")
    }

    @Test func `a folder without a manifest is no pack`() {
        let error = #expect(throws: Problem.self) { try PackFiles.read(directory: Self.folder.path()) }
        #expect(error?.message == "this folder holds no pack.json, so it is not a pack")
        let missing = #expect(throws: Problem.self) { try PackFiles.read(directory: Self.folder.path() + "/nowhere") }
        #expect(missing?.message == "there is no such folder, or it cannot be read")
    }
}

extension PackFiles {
    /// Texts of all files below a folder, expectations left out.
    static func readForTests(_ folder: String) throws -> [String: String] {
        var files: [String: String] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder)! where path != "expected.txt" && path.contains(".") {
            files[path] = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
        }
        return files
    }
}
