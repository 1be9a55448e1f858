import Foundation
import HTTP

/// A request of the recorded traffic (GoReplay's file format).
struct RecordedRequest: Sendable {
    var method: String
    var target: String
    var headers: Headers
    var body: String
    /// Since the first request of the recording.
    var offset: Duration

    var line: String { "\(method) \(target)" }
}

enum Recording {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/storedog/requests_0.gor")
    private static let separator = "\n🐵🙈🙉\n"

    static func read() throws -> [RecordedRequest] {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var start: Int64?
        return try text.split(separator: separator).map { record in
            let (head, raw) = try halves(record, "\n")
            guard let time = Int64(head.split(separator: " ").dropFirst(2).first ?? "") else { throw Unexpected("no time in \(head)") }
            let (lines, body) = try halves(raw, "\r\n\r\n")
            let fields = lines.split(separator: "\r\n")
            let request = fields[0].split(separator: " ").map(String.init)
            start = start ?? time
            return RecordedRequest(
                method: request[0], target: request[1], headers: Headers(try fields.dropFirst().map(field)), body: String(body), offset: .nanoseconds(time - start!))
        }
    }

    private static func halves(_ text: Substring, _ separator: String) throws -> (Substring, Substring) {
        guard let range = text.firstRange(of: separator) else { throw Unexpected("a record is cut short") }
        return (text[..<range.lowerBound], text[range.upperBound...])
    }

    private static func field(_ line: Substring) throws -> Headers.Field {
        let (name, value) = try halves(line, ": ")
        return Headers.Field(name: String(name), value: String(value))
    }
}
