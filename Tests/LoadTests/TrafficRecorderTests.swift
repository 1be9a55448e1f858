import Base
import Dispatch
import Foundation
import HTTP
import Testing

@testable import Load

@Suite struct TrafficRecorderTests {
    private static let time = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

    private static func exchange(_ recorder: TrafficRecorder, _ number: Int, _ response: Response = Response(status: 200, body: Array("ok".utf8)), method: String = "GET") {
        let request = Request(method: method, target: "/\(number)", headers: ["Host": "x"], remoteAddress: "127.0.0.1", remotePort: 40_000)
        guard let ticket = recorder.begin(request, port: 3_000, at: time) else { return }
        recorder.record(response, for: ticket, at: time + .milliseconds(7))
    }

    @Test func `requests and their answers are written with times and latency`() async throws {
        let folder = try Folder()
        let recorder = try TrafficRecorder(path: folder.path + "/t.gor")
        Self.exchange(recorder, 1)
        Self.exchange(recorder, 2, Response(status: 500, headers: ["Content-Type": "text/plain"], body: [1, 2, 3], ending: .close))
        let summary = await recorder.close()
        #expect(summary == TrafficRecorder.Summary(requests: 2))
        let items = Gor.all(try GoReplayReader(path: folder.path + "/t_0.gor"))
        #expect(items.requests.map(\.line) == ["GET /1", "GET /2"])
        #expect(items.requests.map(\.id) == ["9c400bb87f00000100000001", "9c400bb87f00000100000002"])
        #expect(items.requests.allSatisfy { $0.connection == "9c400bb87f000001" && $0.time == Self.time })
        #expect(items.responses.map(\.status) == [200, 500])
        #expect(items.responses.map(\.id) == items.requests.map(\.id))
        #expect(items.responses.allSatisfy { $0.latency == .milliseconds(7) && $0.time == Self.time + .milliseconds(7) && $0.headers["Date"] != nil })
        #expect(items.responses[1].headers["Connection"] == "close")
    }

    @Test func `bodies in pieces, answers to HEAD and cut connections are recorded as clients see them`() async throws {
        let folder = try Folder()
        let recorder = try TrafficRecorder(path: folder.path + "/t.gor")
        var paced = Response(status: 200)
        paced.body = .paced([.init([65]), .init(after: .seconds(1), [66])])
        Self.exchange(recorder, 1, paced)
        Self.exchange(recorder, 2, Response(status: 200, body: [1, 2, 3]), method: "HEAD")
        Self.exchange(recorder, 3, Response(status: 200, ending: .reset))
        _ = await recorder.close()
        let items = Gor.all(try GoReplayReader(path: folder.path + "/t_0.gor"))
        #expect(items.requests.count == 3)
        #expect(items.responses.map(\.body) == [[65, 66], nil])
        #expect(items.responses[1].headers["Content-Length"] == "3")
    }

    @Test func `what a slow disk cannot take is dropped and counted, and nobody waits`() async throws {
        let folder = try Folder()
        let disk = DispatchQueue(label: "disk")
        disk.suspend()
        let recorder = TrafficRecorder(try ChunkedFile(folder.path + "/t.gor", chunkBytes: 0), queueLimitBytes: 10 * 1_100, writer: disk)
        for number in 0..<20 { Self.exchange(recorder, number) }
        disk.resume()
        let summary = await recorder.close()
        #expect(summary.requests == 5)
        #expect(summary.droppedRequests == 15)
        #expect(summary.droppedResponses == 0)
        let items = Gor.all(try GoReplayReader(path: folder.path + "/t_0.gor"))
        #expect(items.requests.map(\.target) == ["/0", "/1", "/2", "/3", "/4"])
        #expect(items.responses.count == 5)
    }

    @Test func `a disk that refuses ends the recording with its reason`() async throws {
        let folder = try Folder()
        let recorder = try TrafficRecorder(path: folder.path + "/t.gor", chunkBytes: 1)
        try FileManager.default.removeItem(atPath: folder.path)
        for number in 0..<5 { Self.exchange(recorder, number) }
        let summary = await recorder.close()
        #expect(summary.failure?.contains("t_1.gor") == true, "\(summary)")
        #expect(summary.requests + summary.droppedRequests == 5 && summary.droppedRequests >= 4)
    }

    @Test func `a folder that is not there is found before anything is served`() {
        #expect(throws: SystemError.self) { try TrafficRecorder(path: "/nowhere/t.gor") }
    }
}
