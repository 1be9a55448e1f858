import Base
import HTTP
import Testing

@testable import Load

/// Random input must neither crash a reader nor make it lose what is whole.
@Suite struct FuzzTests {
    private static let rounds = 3_000

    private static let fragments = [
        "1 a 5\n", "2 a 5 7\n", "3 b 9\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "Host: x\r\n", "\r\n", "\n", "Content-Length: 5\r\n", "Content-Length: 99999999999999\r\n",
        "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\n", "\n🐵🙈🙉\n", "🐵🙈🙉\n", "🐵", "\u{1}", "hello", " ", ": ",
    ].map { Array($0.utf8) }

    private static func noise(using random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: 0...20, using: &random)).flatMap { _ in
            random.chance(percentage: 85) ? fragments.randomElement(using: &random)! : [UInt8.random(in: 0...255, using: &random)]
        }
    }

    @Test func `noise between good records costs the noise only`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<Self.rounds {
            let noise = Self.noise(using: &random) + Array(Gor.separator.utf8)
            let bytes = Gor.get(1, milliseconds: 111) + noise + Gor.get(2, milliseconds: 222)
            let items = Gor.read(bytes, pieceBytes: Int.random(in: 1...200, using: &random))
            #expect(items.requests.contains { $0.time.milliseconds == 111 })
            #expect(items.requests.contains { $0.time.milliseconds == 222 })
            #expect(items == Gor.read(bytes))
        }
    }

    @Test func `damaged recordings end, and problems stand inside them`() {
        var random = SeededRandom(seed: 2)
        let good = (0..<5).flatMap { Gor.get($0, milliseconds: Int64($0)) } + Gor.record("2 a 5 7", Gor.wire("HTTP/1.1 200 OK\nContent-Length: 4", "body"))
        for _ in 0..<Self.rounds {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...40, using: &random)))
                default: bytes.insert(contentsOf: Self.noise(using: &random), at: place)
                }
                if bytes.isEmpty { break }
            }
            let items = Gor.read(bytes, recordLimitBytes: 300)
            #expect(items.count <= bytes.count / 13 + 1)
            for case .problem(let problem) in items { #expect((0...bytes.count).contains(problem.offset)) }
        }
    }

    @Test func `damaged packed recordings end`() {
        var random = SeededRandom(seed: 3)
        let packed = gzip((0..<50).flatMap { Gor.get($0, milliseconds: Int64($0)) })
        for _ in 0..<500 {
            var bytes = packed
            for _ in 0..<Int.random(in: 1...4, using: &random) { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            #expect(Gor.all(GoReplayReader(GzipSource(MemorySource(bytes)), file: "f")).count <= 200)
        }
    }

    @Test func `whatever a message says is written and read back`() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<Self.rounds {
            let headers = Headers((0..<Int.random(in: 0...4, using: &random)).map { Headers.Field(name: "X-\($0)", value: String(decoding: Self.noise(using: &random), as: UTF8.self)) })
            let request = RecordedRequest(
                id: "a", time: Timestamp(nanoseconds: Int64.random(in: 0...Int64.max, using: &random)), method: "POST", target: "/x", headers: headers, body: Self.noise(using: &random))
            var bytes: [UInt8] = []
            GoReplayFormat.append(request, to: &bytes)
            let items = Gor.read(bytes + Gor.get(9, milliseconds: 9))
            #expect(items.requests.count == 2 && items.requests[0].body == request.body && items.requests[0].time == request.time)
            #expect(items.requests[0].headers.fields.filter { $0.name.hasPrefix("X-") }.count == headers.fields.count)
        }
    }

    @Test func `values and pages of any kind are looked through`() {
        var random = SeededRandom(seed: 5)
        let parts = ["<", ">", "<a href=\"", "\"", "'", "<input type=hidden name=a value=", "<script>", "</script>", "&#x", "&amp;", "{\"a\":", "[", "1", "}", "]", "/", "?", "=", "%zz", "\\"]
        for _ in 0..<Self.rounds {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            let body = Array(text.utf8)
            for type in ["text/html", "application/json", "text/plain", ""] {
                let values = ValueFinder(headers: ["Content-Type": type, "Set-Cookie": text.filter { !$0.isNewline }, "Location": text], body: body).values
                #expect(Set(values.map(\.place)).count == values.count)
            }
            var map = ValueMap()
            let found = [FoundValue(place: "a", group: "a", name: "id", value: "5"), FoundValue(place: "b", group: "b", name: "t", value: "aeihRQ1NnX7TbfvhhtQNNg1567611578919")]
            let request = RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "GET", target: "/" + text, headers: ["Cookie": text, "Content-Type": "text/plain"], body: body)
            map.learn(recorded: found, live: found.map { FoundValue(place: $0.place, group: $0.group, name: $0.name, value: $0.value + "x") }, request: request)
            // None of the mapped values is in it.
            #expect(RequestRewriter(values: map).rewrite(request) == request)
        }
    }
}
