import Testing

@testable import Load

@Suite struct GzipTests {
    private static let recording = (0..<300).flatMap { Gor.get($0, milliseconds: Int64($0), target: "/products/\($0)") }

    private static func read(_ packed: [UInt8], pieceBytes: Int = 1_000) -> [RecordingItem] {
        Gor.all(GoReplayReader(GzipSource(MemorySource(packed, pieceBytes: pieceBytes)), file: "test.gor.gz"))
    }

    @Test func `a packed file is found by its first bytes, whatever its name`() throws {
        let folder = try Folder()
        for name in ["a.gor.gz", "b.gor"] {
            let path = try folder.write(gzip(Self.recording), to: name)
            #expect(Gor.all(try GoReplayReader(path: path)).requests.count == 300)
        }
    }

    @Test func `packed files that were joined are one`() {
        let packed = gzip(Gor.get(1, milliseconds: 1)) + gzip(Gor.get(2, milliseconds: 2)) + [0, 0, 0]
        #expect(Self.read(packed, pieceBytes: 7).requests.map(\.time.milliseconds) == [1, 2])
    }

    @Test func `packed data that is cut short gives what is there and says so`() throws {
        let packed = gzip(Self.recording)
        let items = Self.read(packed.dropLast(packed.count / 3))
        #expect(items.requests.count > 50 && items.requests.count < 300)
        #expect(items.problems.count == 1)
        #expect(items.problems.first?.contains("the gzip data is cut short here") == true)
    }

    @Test func `damaged packed data gives what precedes the damage`() throws {
        var packed = gzip(Self.recording)
        for index in (packed.count / 2)..<(packed.count / 2 + 40) { packed[index] ^= 0xff }
        let items = Self.read(packed)
        #expect(items.requests.count < 300)
        #expect(items.problems.last?.contains("gzip data") == true, "\(items.problems)")
    }

    @Test func `bodies of responses are unpacked up to a limit`() {
        let body = [UInt8](repeating: 65, count: 200_000)
        #expect(Inflater.body(gzip(body), limitBytes: 200_000) == body)
        #expect(Inflater.body(gzip(body), limitBytes: 100_000) == nil)
        #expect(Inflater.body(Array("no gzip".utf8), limitBytes: 100) == nil)
        #expect(Inflater.body(Array(gzip(body).dropLast(9)), limitBytes: 1 << 20) == nil)
    }
}
