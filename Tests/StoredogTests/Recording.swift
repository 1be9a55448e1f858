import Foundation
import Load

/// The recorded traffic of the original's workshop.
enum Recording {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/storedog/requests_0.gor").path

    static func read() throws -> [RecordingItem] {
        var reader = try GoReplayReader(path: file)
        var items: [RecordingItem] = []
        while let item = reader.next() { items.append(item) }
        return items
    }
}
