import Base
import Foundation
import HTTP
import Testing

@testable import Load

@Suite struct WritingTests {
    @Test(arguments: [
        ("requests.gor", 0, "requests_0.gor"), ("a_b/requests.gor", 12, "a_b/requests_12.gor"), ("requests_3.gor", 4, "requests_4.gor"), ("requests", 1, "requests_1"),
        ("requests.gor.gz", 2, "requests.gor_2.gz"), ("a.d/requests_x.gor", 0, "a.d/requests_x_0.gor"),
    ])
    func `chunks are named as the original names them`(path: String, index: Int, name: String) {
        #expect(ChunkName.name(path, index: index) == name)
    }

    @Test func `numbers go on behind the highest that exists`() {
        #expect(ChunkName.nextIndex(for: "r.gor", existing: []) == 0)
        #expect(ChunkName.nextIndex(for: "r.gor", existing: ["r_2.gor", "r_10.gor", "r_x.gor", "r_77.gz", "s_90.gor"]) == 11)
    }

    static let messages: [RecordingItem] = [
        .request(
            RecordedRequest(
                id: "d55859d87f00000100000001", time: Timestamp(nanoseconds: 1_568_139_746_437_296_001), method: "POST", target: "/a?b=%20",
                headers: ["Host": "x:1", "Cookie": "a=1", "cookie": "b=2", "Content-Length": "4"], body: [0, 10, 13, 255], connection: "d55859d87f000001")),
        .request(RecordedRequest(id: "x", time: Timestamp(nanoseconds: 0), method: "GET", target: "/", headers: ["Host": "x"])),
        .response(
            RecordedResponse(
                id: "x", time: Timestamp(nanoseconds: 5), latency: .nanoseconds(4), status: 200, headers: ["Content-Type": "text/plain", "Content-Length": "18"],
                body: Array(("a" + Gor.separator + "bcd").utf8))),
        .response(RecordedResponse(id: "y", time: Timestamp(nanoseconds: 9), status: 304, headers: ["ETag": "\"a\""], body: [])),
        .response(RecordedResponse(id: "z", time: Timestamp(nanoseconds: 9), status: 200, headers: ["Content-Length": "18"], body: nil, isReplayed: true)),
    ]

    @Test func `what is written is read back`() {
        var bytes: [UInt8] = []
        for case .request(let request) in Self.messages { GoReplayFormat.append(request, to: &bytes) }
        for case .response(let response) in Self.messages { GoReplayFormat.append(response, to: &bytes) }
        #expect(Gor.read(bytes) == Self.messages)
    }

    @Test func `framing and line breaks in values cannot break the format`() throws {
        var bytes: [UInt8] = []
        let headers = Headers(["Transfer-Encoding": "chunked", "X": "a\r\nY: b", "Content-Length": "99", "content-length": "98"])
        GoReplayFormat.append(RecordedRequest(id: "x", time: Timestamp(nanoseconds: 1), method: "POST", target: "/", headers: headers, body: [65]), to: &bytes)
        let request = try #require(Gor.read(bytes).requests.first)
        #expect(request.headers.fields.map { "\($0.name): \($0.value)" } == ["X: a Y: b", "Content-Length: 1"])
        #expect(request.body == [65])
    }

    @Test(arguments: ["traffic.gor", "traffic.gor.gz"]) func `a new file begins at the size and each can be read alone`(name: String) throws {
        let folder = try Folder()
        let file = try ChunkedFile(folder.path + "/" + name, chunkBytes: 2_000)
        for number in 0..<300 {
            try file.write(Gor.get(number, milliseconds: Int64(number)))
            // Packed bytes count when they are there.
            if number.isMultiple(of: 10) { try file.flush() }
        }
        try file.close()
        #expect(folder.names.count > 1)
        let chunks = try folder.names.map { Gor.all(try GoReplayReader(path: folder.path + "/" + $0)) }
        #expect(chunks.allSatisfy { $0.problems == [] })
        #expect(chunks.flatMap(\.requests).map(\.time.milliseconds).sorted() == (0..<300).map(Int64.init))
        let again = try ChunkedFile(folder.path + "/" + name, chunkBytes: 0)
        #expect(again.currentPath == ChunkName.name(folder.path + "/" + name, index: chunks.count))
        #expect(try FileManager.default.attributesOfItem(atPath: again.currentPath)[.posixPermissions] as? Int == 0o600)
    }

    @Test func `what was flushed can be read before the file is closed`() throws {
        let folder = try Folder()
        let file = try ChunkedFile(folder.path + "/a.gor.gz", chunkBytes: 0)
        try file.write(Gor.get(1, milliseconds: 1))
        try file.flush()
        let items = Gor.all(try GoReplayReader(path: file.currentPath))
        #expect(items.requests.count == 1)
        #expect(items.problems.first?.contains("cut short") == true)
        try file.close()
    }
}
