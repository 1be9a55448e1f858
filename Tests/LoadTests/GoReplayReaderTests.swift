import Base
import HTTP
import Testing

@testable import Load

@Suite struct GoReplayReaderTests {
    @Test func `a request is read with its identifier, time, header fields and body`() throws {
        let message = Gor.wire("POST /cart?a=1 HTTP/1.1\nHost: localhost:3000\nX-B: 1\nx-b:2  \nContent-Length: 5", "a\nb\r\n")
        let items = Gor.read(Gor.record("1 abc 1568139746437296000", message))
        let request = try #require(items.requests.first)
        #expect(items.count == 1)
        #expect(request.id == "abc")
        #expect(request.time == Timestamp(nanoseconds: 1_568_139_746_437_296_000))
        #expect(request.line == "POST /cart?a=1")
        #expect(request.headers.fields.map(\.name) == ["Host", "X-B", "x-b", "Content-Length"])
        #expect(request.headers.values("X-B") == ["1", "2"])
        #expect(request.body == Array("a\nb\r\n".utf8))
    }

    @Test(arguments: [
        ("2 a 5", false, nil), ("2 a 5 1200", false, .nanoseconds(1_200)), ("3 a 5 77", true, .nanoseconds(77)), ("2 a 5 -1", false, nil),
        ("2 a 5 x", false, nil),
    ] as [(String, Bool, Duration?)])
    func `a response has three or four fields in its meta line`(meta: String, isReplayed: Bool, latency: Duration?) throws {
        let response = try #require(Gor.read(Gor.record(meta, Gor.wire("HTTP/1.1 404 Not Found\nContent-Length: 2", "no"))).responses.first)
        #expect(response.status == 404 && response.body == Array("no".utf8))
        #expect(response.isReplayed == isReplayed)
        #expect(response.latency == latency)
    }

    @Test func `the connection is read from identifiers of 24 digits and from no others`() {
        func connection(_ id: String) -> String? { Gor.read(Gor.record("1 \(id) 5", Gor.wire("GET / HTTP/1.1"))).requests.first?.connection }
        #expect(connection("d55859d87f00000100000001") == "d55859d87f000001")
        #expect(connection("d55859d87f00000100000002") == "d55859d87f000001")
        #expect(connection(Gor.id(1)) == nil)
    }

    @Test func `a body may hold anything, the separator too`() throws {
        for inner in ["x" + Gor.separator + Gor.separator + "\u{0}\r\n1 a 5\n", String(Gor.separator.dropFirst()), Gor.separator] { try bodySurvives(inner) }
    }

    private func bodySurvives(_ inner: String) throws {
        let length = inner.utf8.count
        let items = Gor.read(Gor.record("1 a 5", Gor.wire("POST / HTTP/1.1\nContent-Length: \(length)", inner)) + Gor.get(2, milliseconds: 6))
        #expect(items.problems == [])
        #expect(items.requests.map(\.body) == [Array(inner.utf8), []])
    }

    @Test(arguments: [1, 2, 13, 14, 15, 64, 1_000]) func `it does not matter in what pieces the bytes come`(pieceBytes: Int) {
        let body = "🐵🙈" + Gor.separator + "🙉"
        var bytes = Gor.get(1, milliseconds: 1)
        bytes += Gor.record("1 b 2", Gor.wire("POST / HTTP/1.1\nContent-Length: \(body.utf8.count)", body))
        bytes += Array("broken".utf8) + Array(Gor.separator.utf8) + Array(Gor.separator.utf8.dropFirst()) + Gor.get(3, milliseconds: 3) + Array("1 c 4\nGET".utf8)
        let whole = Gor.read(bytes)
        #expect(whole.requests.map(\.time.milliseconds) == [1, 0, 3])
        #expect(whole.problems.count == 3)
        #expect(Gor.read(bytes, pieceBytes: pieceBytes) == whole)
    }

    @Test func `chunked bodies are put together`() throws {
        let message = Gor.wire("POST / HTTP/1.1\nTransfer-Encoding: chunked", "4;x=1\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n")
        #expect(Gor.read(Gor.record("1 a 5", message)).requests.first?.body == Array("Wikipedia".utf8))
    }

    @Test func `answers to HEAD announce a body and have none`() throws {
        let items = Gor.read(Gor.record("2 a 5", Gor.wire("HTTP/1.1 200 OK\nContent-Length: 500")))
        let response = try #require(items.responses.first)
        #expect(response.body == nil)
        #expect(response.headers["Content-Length"] == "500")
    }

    @Test func `an interim response is skipped`() throws {
        let message = Gor.wire("HTTP/1.1 100 Continue") + Gor.wire("HTTP/1.1 201 Created\nContent-Length: 2", "ok")
        let response = try #require(Gor.read(Gor.record("2 a 5", message)).responses.first)
        #expect(response.status == 201 && response.body == Array("ok".utf8))
    }

    @Test func `line ends without carriage returns and folded fields are read as well`() throws {
        let request = try #require(Gor.read(Gor.record("1 a 5", "GET / HTTP/1.1\nX: one\n  two\nY: 3\n\n")).requests.first)
        #expect(request.headers.fields == [Headers.Field(name: "X", value: "one two"), Headers.Field(name: "Y", value: "3")])
    }

    // MARK: Mistakes

    /// What stands between two good records, and what is said about it.
    static let broken: [(String, String)] = [
        ("nonsense" + Gor.separator, "expected TYPE ID NANOSECONDS with type 1, 2 or 3, found \"nonsense\""),
        ("4 a 5\nGET / HTTP/1.1\r\n\r\n" + Gor.separator, "expected TYPE ID NANOSECONDS"), ("1 a\nGET / HTTP/1.1\r\n\r\n" + Gor.separator, "expected TYPE ID NANOSECONDS"),
        ("1 a x5\nGET / HTTP/1.1\r\n\r\n" + Gor.separator, "expected TYPE ID NANOSECONDS"),
        ("1 a 5\nGET / HTTP/1.1\r\nHost: x\r\n" + Gor.separator, "no empty line"), ("1 a 5\nGET /\r\n\r\n" + Gor.separator, "expected a request line"),
        ("1 a 5\nGET / HTTP/1.1\r\nHost\r\n\r\n" + Gor.separator, "header line 2 has no \"Name: value\""),
        ("1 a 5\nPOST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc" + Gor.separator, "the body has 3 of the 10 bytes"),
        ("1 a 5\nPOST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\nabc" + Gor.separator, "Content-Length is"),
        ("1 a 5\nPOST / HTTP/1.1\r\nContent-Length: -1\r\n\r\nabc" + Gor.separator, "Content-Length is"),
        ("1 a 5\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc" + Gor.separator, "the chunked body is incomplete"),
        ("2 a 5\nHTTP/1.1 OK\r\n\r\n" + Gor.separator, "expected a status line"), (String(Gor.separator.dropFirst()), "the record is empty"),
    ]

    @Test(arguments: broken) func `a record that cannot be read is named and the others are read`(text: String, message: String) throws {
        let first = Gor.get(1, milliseconds: 1)
        let items = Gor.read(first + Array(text.utf8) + Gor.get(3, milliseconds: 3))
        #expect(items.requests.map(\.time.milliseconds) == [1, 3])
        let problem = try #require(items.problems.first)
        #expect(items.problems.count == 1)
        #expect(problem.hasPrefix("test.gor: record 2 at byte \(first.count): ") && problem.contains(message), "\(problem)")
    }

    @Test(arguments: [1, 20, 60]) func `an end that is cut short is named with record and byte`(missing: Int) throws {
        let first = Gor.get(1, milliseconds: 1)
        let items = Gor.read(first + Gor.get(2, milliseconds: 2).dropLast(missing))
        #expect(items.requests.count == 1)
        let problem = try #require(items.problems.first)
        #expect(problem.hasPrefix("test.gor: record 2 at byte \(first.count): cut short"), "\(problem)")
    }

    @Test func `a file that is something else says what a recording looks like`() {
        #expect(Gor.read(Array("<html>\n<body>no</body>\n".utf8)).problems.first?.contains("this is no GoReplay recording") == true)
        #expect(Gor.read([]) == [])
        #expect(Gor.read(Array("\n\n".utf8)) == [])
    }

    @Test func `a record beyond the limit is left out and not kept in memory`() throws {
        let first = Gor.get(1, milliseconds: 1)
        let long = Gor.record("1 long 2", Gor.wire("POST / HTTP/1.1", String(repeating: "x", count: 3 << 20)))
        let items = Gor.read(first + long + Gor.get(3, milliseconds: 3), pieceBytes: 4_096, recordLimitBytes: 1 << 20)
        #expect(items.requests.map(\.time.milliseconds) == [1, 3])
        #expect(items.problems == ["test.gor: record 2 at byte \(first.count): the record is longer than 1 MiB; it is left out"])
        #expect(Gor.read(long.dropLast(14), recordLimitBytes: 1 << 20).problems == ["test.gor: record 1 at byte 0: the record is longer than 1 MiB; it is left out"])
    }
}
