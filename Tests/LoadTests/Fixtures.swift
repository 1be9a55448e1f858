import Base
import Foundation
import HTTP
import Synchronization

@testable import Load

/// Text of a recording, as a person writes it: `\n` inside messages becomes CRLF where `wire` is used.
enum Gor {
    static let separator = "\n🐵🙈🙉\n"

    /// A message as it is on the wire.
    static func wire(_ head: String, _ body: String = "") -> String { head.replacing("\n", with: "\r\n") + "\r\n\r\n" + body }

    static func record(_ meta: String, _ message: String) -> [UInt8] { Array((meta + "\n" + message + separator).utf8) }

    static func get(_ number: Int, milliseconds: Int64, target: String = "/") -> [UInt8] {
        record("1 \(id(number)) \(milliseconds * 1_000_000)", wire("GET \(target) HTTP/1.1\nHost: localhost:3000"))
    }

    /// 40 digits, as GoReplay 1.x writes them.
    static func id(_ number: Int) -> String { String(repeating: "0", count: 40 - String(number).count) + String(number) }

    static func read(_ bytes: [UInt8], pieceBytes: Int = 65_536, recordLimitBytes: Int = 64 << 20) -> [RecordingItem] {
        all(GoReplayReader(MemorySource(bytes, pieceBytes: pieceBytes), file: "test.gor", recordLimitBytes: recordLimitBytes))
    }

    static func all(_ reader: GoReplayReader) -> [RecordingItem] {
        var reader = reader
        var items: [RecordingItem] = []
        while let item = reader.next() { items.append(item) }
        return items
    }
}

extension [RecordingItem] {
    var requests: [RecordedRequest] { compactMap { if case .request(let request) = $0 { request } else { nil } } }
    var responses: [RecordedResponse] { compactMap { if case .response(let response) = $0 { response } else { nil } } }
    var problems: [String] { compactMap { if case .problem(let problem) = $0 { problem.description } else { nil } } }
}

/// A folder that is deleted with this object.
final class Folder: Sendable {
    private static let lastNumber = Atomic<Int>(0)
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/load-\(getpid())-\(Self.lastNumber.add(1, ordering: .relaxed).newValue)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path + "/" + name))) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A packed copy of bytes.
func gzip(_ bytes: [UInt8]) -> [UInt8] { Gzipper().pack(bytes, .finish) }
