import Base
import Testing

@testable import Telemetry

@Suite struct SpanExpansionTests {
    private static func companion(_ name: String) -> SpanTemplate { .make(name: name, resource: "", type: "", kind: .internal) }

    /// request [ before, wrapper [ handler adopts ], after ]
    private static let request = SpanTemplate.make(companions: [
        SpanTemplate.Companion(companion("before"), from: 0, to: 0.1),
        SpanTemplate.Companion(
            companion("wrapper"), from: 0.2, to: 0.8, carriesError: true,
            companions: [SpanTemplate.Companion(companion("handler"), from: 0, to: 1, adoptsChildren: true, carriesError: true)]),
        SpanTemplate.Companion(companion("after"), from: 0.9, to: 1),
    ])

    private func expanded(childStart: Int64 = 300, childDuration: Int64 = 100, error: SpanError? = nil) -> [String: Span] {
        let child = Span.make(id: 2, parent: 1, .make(name: "postgres.query"), start: childStart, duration: childDuration)
        let root = Span.make(id: 1, Self.request, isError: error != nil, error: error)
        let spans = SpanExpansion.expand([child, root])
        return Dictionary(uniqueKeysWithValues: spans.map { ($0.template.name, $0) })
    }

    @Test func `companions take their share of the time`() throws {
        let spans = expanded()
        let wrapper = try #require(spans["wrapper"])
        #expect(wrapper.start.microseconds == 200)
        #expect(wrapper.durationNanoseconds == 600_000)
        #expect(spans["before"]?.parent == 1)
        #expect(spans["handler"]?.parent == wrapper.id)
    }

    @Test func `recorded children move under the innermost adopting companion`() throws {
        let spans = expanded()
        let child = try #require(spans["postgres.query"])
        #expect(child.parent == spans["handler"]?.id)
    }

    @Test func `wrappers grow around their children and push their neighbours aside`() throws {
        let spans = expanded(childStart: 50, childDuration: 900)
        let wrapper = try #require(spans["wrapper"])
        let handler = try #require(spans["handler"])
        #expect(wrapper.start.microseconds == 50 && wrapper.end.microseconds == 950)
        #expect(handler.start.microseconds == 50 && handler.end.microseconds == 950)
        #expect(spans["before"]?.end.microseconds == 50)
        #expect(spans["after"]?.start.microseconds == 950)
    }

    @Test func `only those told so carry the error`() {
        let error = SpanError(type: "E", message: "boom")
        let spans = expanded(error: error)
        #expect(spans["handler"]?.error == error)
        #expect(spans["handler"]?.isError == true)
        #expect(spans["before"]?.isError == false)
        #expect(spans["after"]?.error == nil)
    }

    @Test func `identifiers depend on the place alone and differ`() {
        let first = expanded()
        let second = expanded(childStart: 400)
        #expect(first.mapValues(\.id) == second.mapValues(\.id))
        #expect(Set(first.values.map(\.id)).count == first.count)
        #expect(first.values.allSatisfy { $0.id != 0 && $0.id < 1 << 63 })
    }

    @Test func `a batch without the parent uses the adopter that is told`() {
        let root = Span.make(id: 1, Self.request)
        let late = Span.make(id: 3, parent: 1, .make(name: "late"))
        let adopter = SpanExpansion.adopter(of: root)
        #expect(adopter == expanded()["handler"]?.id)
        #expect(SpanExpansion.expand([late], adopters: [1: adopter!]).map(\.parent) == [adopter!])
    }

    @Test func `spans without companions stay as they are`() {
        let spans = [Span.make(id: 2, parent: 1), Span.make(id: 1)]
        #expect(SpanExpansion.expand(spans).map(\.id) == [2, 1])
        #expect(SpanExpansion.adopter(of: spans[0]) == nil)
    }

    @Test func `what comes after the handler stays beside its spans, which end there`() throws {
        let root = Span.make(id: 1, Self.request)
        let query = Span.make(id: 2, parent: 1, .make(name: "postgres.query"), start: 300, duration: 100)
        var page = Span.make(id: 3, parent: 1, .make(name: "page"), start: 700, duration: 200)
        page.isOutsideHandler = true
        let spans = Dictionary(uniqueKeysWithValues: SpanExpansion.expand([query, page, root]).map { ($0.template.name, $0) })
        #expect(spans["postgres.query"]?.parent == spans["handler"]?.id)
        #expect(spans["page"]?.parent == 1)
        let wrapper = try #require(spans["wrapper"])
        #expect(wrapper.start.microseconds == 140 && wrapper.end.microseconds == 560)
        #expect(spans["after"].map { $0.end.microseconds <= 700 } == true)
    }

    private static let query = SpanTemplate.make(
        name: "sqlite.query", type: "sql", kind: .client,
        companions: [
            SpanTemplate.Companion(
                SpanTemplate.make(
                    service: .make("records"), name: "records", resource: "Product", type: "custom", kind: .internal,
                    computed: [ComputedAttribute("count", .rows)]), from: 0.9, to: 1, isBeside: true, needsRows: true)
        ])

    @Test func `a companion beside a statement takes the end of its time and knows its rows`() throws {
        let root = Span.make(id: 1, Self.request)
        var span = Span.make(id: 2, parent: 1, Self.query, start: 300, duration: 100)
        span.detail = .rows(3)
        let spans = Dictionary(uniqueKeysWithValues: SpanExpansion.expand([span, root]).map { ($0.template.name, $0) })
        let records = try #require(spans["records"])
        #expect(records.parent == spans["handler"]?.id && records.parent == spans["sqlite.query"]?.parent)
        #expect(spans["sqlite.query"]?.end.microseconds == 390)
        #expect(records.start.microseconds == 390 && records.end.microseconds == 400)
        #expect(records.allAttributes["count"] == 3)
    }

    @Test(arguments: [Span.Detail.rows(0), .none]) func `without rows there is none, and the statement has all of its time`(detail: Span.Detail) {
        var span = Span.make(id: 2, Self.query, duration: 100)
        span.detail = detail
        let spans = SpanExpansion.expand([span])
        #expect(spans.map(\.template.name) == ["sqlite.query"])
        #expect(spans[0].durationNanoseconds == 100_000)
    }

    @Test func `an error can be a mere flag on the request, told by a companion`() {
        let template = SpanTemplate(
            service: .make(), name: "rack.request", resource: "A#b", kind: .server, hidesError: true,
            companions: [SpanTemplate.Companion(Self.companion("controller"), from: 0, to: 1, adoptsChildren: true, carriesError: true)])
        let error = SpanError(type: "E", message: "boom")
        let spans = SpanExpansion.expand([Span.make(template, isError: true, error: error)])
        #expect(spans.map(\.isError) == [true, true])
        #expect(spans.map(\.error) == [nil, error])
    }
}
