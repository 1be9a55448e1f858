import Base
import Telemetry
import Testing

@testable import Export

@Suite struct TraceAssemblerTests {
    private static let start = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    private func time(_ seconds: Double) -> Timestamp { Self.start + .milliseconds(exactly: seconds * 1_000) }

    private func span(_ id: UInt64, parent: UInt64 = 0, trace: UInt64 = 1, _ kind: SpanTemplate.Kind = .server) -> Span {
        var span = Span.make(id, parent: parent, .make(kind: kind))
        span.trace = TraceID(high: 0, low: trace)
        return span
    }

    private func ids(_ traces: [[Span]]) -> [[UInt64]] { traces.map { $0.map(\.id) } }

    @Test func `a trace is ready when its outermost span is there, each trace by itself`() {
        var assembler = TraceAssembler(limit: 100)
        assembler.append([span(3, parent: 2, .client), span(12, parent: 11, trace: 7, .client), span(2, parent: 1, .internal)], at: time(0))
        #expect(assembler.takeReady(at: time(1)).isEmpty)
        assembler.append([span(1)], at: time(1))
        #expect(ids(assembler.takeReady(at: time(1))) == [[3, 2, 1]])
        assembler.append([span(11, trace: 7), span(21, trace: 8)], at: time(2))
        #expect(ids(assembler.takeReady(at: time(2))) == [[12, 11], [21]])
        #expect(assembler.count == 0)
    }

    @Test func `a request from outside waits only as long as its caller could be one of us`() {
        var assembler = TraceAssembler(limit: 100)
        assembler.append([span(1, parent: 99)], at: time(0))
        #expect(assembler.takeReady(at: time(1.9)).isEmpty)
        #expect(ids(assembler.takeReady(at: time(2))) == [[1]])
    }

    @Test func `a call whose caller never ends goes alone after a while`() {
        var assembler = TraceAssembler(limit: 100)
        assembler.append([span(1, parent: 99, .client)], at: time(0))
        #expect(assembler.takeReady(at: time(29)).isEmpty)
        #expect(ids(assembler.takeReady(at: time(30))) == [[1]])
    }

    @Test func `what comes after its parent was sent follows at once`() {
        var assembler = TraceAssembler(limit: 100)
        assembler.append([span(2, parent: 1, .client), span(1)], at: time(0))
        _ = assembler.takeReady(at: time(0))
        assembler.append([span(3, parent: 2)], at: time(5))
        #expect(ids(assembler.takeReady(at: time(5))) == [[3]])
        #expect(assembler.parent(2)?.service == "ads")
    }

    @Test func `at the end nobody waits`() {
        var assembler = TraceAssembler(limit: 100)
        assembler.append([span(1, parent: 99, .client)], at: time(0))
        #expect(ids(assembler.takeReady(at: time(0), isLast: true)) == [[1]])
    }

    @Test func `beyond the limit the oldest traces go whole`() {
        var assembler = TraceAssembler(limit: 4)
        assembler.append([span(2, parent: 9, trace: 1, .client), span(12, parent: 11, trace: 2, .client)], at: time(0))
        assembler.append([span(3, parent: 9, trace: 1, .client), span(11, trace: 2), span(21, trace: 3)], at: time(1))
        #expect(assembler.dropped == 2 && assembler.count == 3)
        #expect(ids(assembler.takeReady(at: time(1))) == [[12, 11], [21]])
    }
}
