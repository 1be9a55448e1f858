import Base
import HTTP
import Testing

@testable import Load

@Suite struct HARReaderTests {
    private static func read(_ text: String) -> [RecordingItem] { HARReader.read(MemorySource(Array(text.utf8)), file: "shop.har") }

    private static func entry(_ method: String, _ url: String, at time: String, request: String = "", response: String = #""status": 200, "content": {"size": 0}"#) -> String {
        #"{"startedDateTime": "\#(time)", "time": 12.5, "request": {"method": "\#(method)", "url": "\#(url)"\#(request)}, "response": {\#(response)}}"#
    }

    private static func archive(_ entries: String...) -> String { #"{"log": {"version": "1.2", "entries": [\#(entries.joined(separator: ","))]}}"# }

    @Test func `requests come in order of their time, with bodies and answers`() throws {
        let items = Self.read(
            Self.archive(
                Self.entry(
                    "POST", "http://localhost:3000/cart?x=1#top", at: "2026-01-31T09:49:38.000+01:00",
                    request: #", "headers": [{"name": ":method", "value": "POST"}, {"name": "Content-Type", "value": "application/json"}], "postData": {"mimeType": "application/json", "text": "{\"a\":1}"}"#,
                    response: #""status": 201, "headers": [{"name": "Content-Encoding", "value": "br"}], "content": {"size": 2, "text": "b2s=", "encoding": "base64"}"#),
                Self.entry("GET", "http://localhost:3000/", at: "2026-01-31T08:49:37.123Z")))
        #expect(items.problems == [])
        #expect(items.requests.map(\.line) == ["GET /", "POST /cart?x=1"])
        #expect(items.requests[0].time == Timestamp(iso8601: "2026-01-31T08:49:37.123Z"))
        #expect(items.requests[1].time == Timestamp(iso8601: "2026-01-31T08:49:38Z"))
        #expect(items.requests[1].body == Array(#"{"a":1}"#.utf8))
        #expect(items.requests[1].headers.fields.map(\.name) == ["Content-Type"])
        #expect(items.responses.map(\.status) == [200, 201])
        #expect(items.responses[1].body == Array("ok".utf8) && items.responses[1].latency == .nanoseconds(12_500_000))
        // Already unpacked.
        #expect(items.responses[1].headers["Content-Encoding"] == nil)
        #expect(Set(items.requests.map(\.connection)).count == 1)
    }

    @Test func `form fields without text become a form body, and a missing text is no empty body`() throws {
        let items = Self.read(
            Self.archive(
                Self.entry(
                    "POST", "http://h/login", at: "2026-01-31T08:49:37Z", request: #", "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "c&d"}]}"#,
                    response: #""status": 200, "content": {"size": 900}"#)))
        #expect(items.requests.first?.body == Array("a+b=c%26d".utf8))
        #expect(items.responses.first?.body == .some(nil))
    }

    @Test func `what never left the browser or went elsewhere is left out`() throws {
        let items = Self.read(
            Self.archive(
                Self.entry("GET", "data:text/plain,x", at: "2026-01-31T08:49:37Z"), Self.entry("GET", "http://shop/", at: "2026-01-31T08:49:37Z"),
                Self.entry("GET", "http://shop:80/a", at: "2026-01-31T08:49:38Z", response: #""status": 0"#),
                Self.entry("GET", "https://metrics.example/b", at: "2026-01-31T08:49:39Z")))
        #expect(items.requests.map(\.target) == ["/", "/a"])
        #expect(items.responses.count == 1)
        #expect(items.problems.count == 1 && items.problems[0].contains("1 requests to other origins than http://shop:80 are left out"))
    }

    @Test(arguments: [
        ("{", "line 1"), ("[]", "this is no HTTP archive"), (#"{"log": {"entries": [{}]}}"#, "/request needs"),
        (#"{"log": {"entries": [{"startedDateTime": "yesterday", "request": {"method": "GET", "url": "http://h/"}}]}}"#, "/startedDateTime must be a time"),
    ])
    func `mistakes are named with their place`(text: String, message: String) throws {
        let problems = Self.read(text).problems
        #expect(problems.count == 1 && problems[0].hasPrefix("shop.har: record 1") && problems[0].contains(message), "\(problems)")
    }

    @Test(arguments: [
        ("2026-01-31T08:49:37Z", 1_769_849_377_000_000_000), ("2026-01-31T08:49:37.5Z", 1_769_849_377_500_000_000), ("2026-01-31T10:49:37.123456789+02:00", 1_769_849_377_123_456_789),
        ("2026-01-31t08:49:37z", 1_769_849_377_000_000_000), ("1970-01-01T00:00:00Z", 0), ("2000-02-29T00:00:00-0030", 951_784_200_000_000_000), ("2026-01-31", nil),
        ("2026-13-31T08:49:37Z", nil), ("2026-01-31T08:49:37", nil), ("2026-01-31T08:49:37.Z", nil), ("2026-01-31T24:00:00Z", nil), ("2026-01-31T08:49:37Zx", nil), ("", nil),
    ] as [(String, Int64?)])
    func `times are read`(text: String, nanoseconds: Int64?) {
        #expect(Timestamp(iso8601: text)?.nanoseconds == nanoseconds)
    }

    @Test func `every printed time is read back`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<5_000 {
            let time = Timestamp(nanoseconds: Int64.random(in: 0...9_000_000_000, using: &random) * 1_000_000_000 + Int64.random(in: 0...999, using: &random) * 1_000_000)
            #expect(Timestamp(iso8601: time.iso8601) == time)
        }
    }
}
