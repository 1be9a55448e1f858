import Base
import HTTP
import Testing

@testable import Load

@Suite struct SessionTableTests {
    private static let (anna, bert) = ("PnCrXJJgeHTb9UBwY6KpSvkd7O3-qyYp", "QmDrXJJgeHTb9UBwY6KpSvkd7O3-qyYp")

    private static func request(_ headers: Headers = [:], connection: String? = nil) -> RecordedRequest {
        RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "GET", target: "/", headers: headers, connection: connection)
    }

    @Test func `requests with the same generated cookie are one session`() {
        var table = SessionTable(.automatic)
        let first = table.session(of: Self.request(["Cookie": "lang=en; sid=\(Self.anna)"]))
        #expect(table.session(of: Self.request(["Cookie": "sid=\(Self.anna)"])) === first)
        #expect(table.session(of: Self.request(["Cookie": "lang=en; sid=\(Self.bert)"])) !== first)
        #expect(table.count == 2)
    }

    @Test func `a token in a header field and one as a bearer are the same`() {
        var table = SessionTable(.automatic)
        let first = table.session(of: Self.request(["X-Spree-Order-Token": Self.anna]))
        #expect(table.session(of: Self.request(["Authorization": "Bearer \(Self.anna)"])) === first)
    }

    @Test func `a cookie that a response sets makes the next request part of the session`() {
        var table = SessionTable(.automatic)
        let first = table.session(of: Self.request())
        table.note(RecordedResponse(id: "1", time: Timestamp(nanoseconds: 0), status: 200, headers: ["Set-Cookie": "sid=\(Self.anna); Path=/"], body: []), in: first)
        #expect(table.session(of: Self.request(["Cookie": "sid=\(Self.anna)"])) === first)
    }

    @Test func `a request that knows two sessions makes them one`() {
        var table = SessionTable(.automatic)
        let first = table.session(of: Self.request(["Cookie": "a=\(Self.anna)"]))
        let second = table.session(of: Self.request(["Cookie": "b=\(Self.bert)"]))
        let (one, two, three) = (Turn(), Turn(), Turn())
        #expect(first.append(one).isEmpty && second.append(two).isEmpty)
        let both = table.session(of: Self.request(["Cookie": "a=\(Self.anna); b=\(Self.bert)"]))
        #expect(both === first && second.root === first && table.count == 1)
        #expect(both.append(three).count == 2)
        #expect(table.session(of: Self.request(["Cookie": "b=\(Self.bert)"])).append(Turn()).first === three)
    }

    @Test func `without cookies the connection counts, until a visitor would have a cookie`() {
        var table = SessionTable(.automatic)
        let first = table.session(of: Self.request(connection: "c"))
        #expect(table.session(of: Self.request(connection: "c")) === first)
        #expect(table.session(of: Self.request(connection: "d")) !== first)
        table.note(RecordedResponse(id: "1", time: Timestamp(nanoseconds: 0), status: 200, headers: ["Set-Cookie": "sid=\(Self.anna)"], body: []), in: first)
        let other = table.session(of: Self.request(connection: "c"))
        #expect(other !== first)
    }

    @Test func `requests without anything are on their own`() {
        var table = SessionTable(.automatic)
        #expect(table.session(of: Self.request()) !== table.session(of: Self.request()))
    }

    @Test(arguments: ["auto", "connection", "none", "cookie:sid", "header:X-User", "cookie", "cookies:x", ""]) func `rules are read`(text: String) {
        let expected: SessionRule? = ["auto": .automatic, "connection": .connection, "none": SessionRule.none, "cookie:sid": .cookie("sid"), "header:X-User": .header("X-User")][text]
        #expect(SessionRule(text) == expected)
    }

    @Test func `a rule looks at what it names and at nothing else`() {
        let requests = [("1", "2"), ("1", "3"), ("4", "2")].map { Self.request(["Cookie": "sid=\($0)", "X-User": $1], connection: "c") }
        func sessions(_ rule: SessionRule) -> Int {
            var table = SessionTable(rule)
            for request in requests { _ = table.session(of: request) }
            return table.count
        }
        #expect(sessions(.cookie("sid")) == 2 && sessions(.header("x-user")) == 2 && sessions(.connection) == 1 && sessions(.none) == 3)
    }

    @Test func `old keys are forgotten`() {
        var table = SessionTable(.cookie("n"), keyLimit: 10)
        let first = table.session(of: Self.request(["Cookie": "n=0"]))
        for number in 1...10 { _ = table.session(of: Self.request(["Cookie": "n=\(number)"])) }
        let last = table.session(of: Self.request(["Cookie": "n=10"]))
        #expect(table.count == 11)
        #expect(table.session(of: Self.request(["Cookie": "n=0"])) !== first)
        #expect(table.session(of: Self.request(["Cookie": "n=10"])) === last)
    }
}
