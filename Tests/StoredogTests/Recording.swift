import Foundation
import Load

/// The recorded traffic of the original's workshop.
enum Recording {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/storedog/requests_0.gor").path

    static func read() throws -> [RecordedRequest] {
        var reader = try GoReplayReader(path: file)
        var requests: [RecordedRequest] = []
        while let item = reader.next() {
            switch item {
            case .request(let request): requests.append(request)
            case .problem(let problem): throw problem
            case .response: break
            }
        }
        return requests
    }
}
