import Base
import HTTP
import Testing

@testable import Load

@Suite struct TargetTests {
    @Test(arguments: [
        ("http://127.0.0.1:3000", "/cart?a=1", "http://127.0.0.1:3000/cart?a=1"), ("localhost:3000", "/", "http://localhost:3000/"),
        ("https://shop.example", "/a", "https://shop.example/a"), ("http://h:1/", "/b", "http://h:1/b"), ("http://h:1/fixed?x=1", "/b?c", "http://h:1/fixed?x=1"),
        ("http://h:1?x=1", "/b", "http://h:1/?x=1"), ("http://h:1", "http://localhost:3000/a?b", "http://h:1/a?b"), ("http://h:1", "*", "http://h:1/"),
        ("http://u:p@h:1", "/a", "http://u:p@h:1/a"), ("http://[::1]:80", "/a", "http://[::1]:80/a"),
    ])
    func `scheme, host and port of requests become the target's`(target: String, request: String, url: String) throws {
        #expect(try #require(Target(target)).url(for: request) == url)
    }

    @Test func `what is no target is refused`() {
        for text in ["", "ftp://h", "http://", "http://h:99999999"] { #expect(Target(text) == nil, "\(text)") }
    }

    @Test(arguments: [("f.gor", "f.gor", nil), ("f.gor|200%", "f.gor", .percent(200)), ("f.gor|10", "f.gor", .perSecond(10)), ("a|b|5%", "a|b", .percent(5))] as [(String, String, TrafficLimit?)])
    func `limits stand behind a bar`(text: String, before: String, limit: TrafficLimit?) throws {
        let parts = try #require(TrafficLimit.split(text))
        #expect(parts.text == before && parts.limit == limit)
    }

    @Test func `something else behind the bar is a mistake`() {
        for text in ["f|", "f|x", "f|0", "f|-5%", "f|1.5%"] { #expect(TrafficLimit.split(text) == nil, "\(text)") }
    }

    @Test func `waiting for a port ends when it is opened`() throws {
        let loop = try EventLoop()
        try loop.run {
            let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
            try server.start()
            let target = Target(host: "localhost", port: server.port)
            #expect(try await PortWait.wait(for: target, limit: .seconds(10), on: loop))
            await server.stop()
            #expect(try await !PortWait.wait(for: target, limit: .milliseconds(10), on: loop))
            let opening = Task(executorPreference: loop) { try await PortWait.wait(for: target, limit: .seconds(20), on: loop) }
            for _ in 0..<5 { await loop.hop() }
            try server.start()
            #expect(try await opening.value)
            await server.stop()
        }
    }
}
