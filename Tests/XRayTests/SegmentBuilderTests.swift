import Base
import Telemetry
import Testing

@testable import XRay

@Suite struct SegmentBuilderTests {
    private let store = ServiceIdentity.make("store")
    private let catalog = ServiceIdentity.make("catalog")

    private func segments(_ spans: [Span], rule: String = "") -> [Segment] { SegmentBuilder(spans, rule: rule).segments() }

    @Test func `a request is a segment, a call a subsegment, and the callee's segment names the call`() throws {
        let all = segments([
            .server(3, parent: 2, of: catalog, from: 20, to: 80), .statement(4, parent: 3, of: catalog), .call(2, parent: 1, of: store, to: "catalog"), .server(1, of: store, target: "/list?page=2"),
        ])
        #expect(all.map(\.name) == ["store", "catalog"] && all.map(\.parent) == [0, 2])
        let call = try #require(all[0].subsegments.first)
        #expect(call.name == "catalog" && call.namespace == "remote" && call.parent == 1 && all[0].subsegments.count == 1)
        #expect(call.http?.url == "http://catalog/items" && call.http?.method == "GET" && call.http?.status == 200)
        #expect(all[0].http?.url == "http://store:8080/list?page=2" && all[0].http?.client == "10.0.0.7" && all[0].http?.userAgent == "curl/8")
        let statement = try #require(all[1].subsegments.first)
        #expect(statement.sql == [Attribute("sanitized_query", "SELECT * FROM items WHERE id = ?"), Attribute("database_type", "postgresql")])
        #expect(all[0].start == startOfTraces && all[0].end == startOfTraces + .milliseconds(100))
    }

    @Test(arguments: [(200, false, false, false), (302, false, false, false), (404, true, false, false), (429, true, true, false), (500, false, false, true), (503, false, false, true)])
    func `flags follow the status, on both sides`(status: Int, isError: Bool, isThrottle: Bool, isFault: Bool) {
        let segment = segments([.call(2, parent: 1, of: store, to: "catalog", status: status), .server(1, of: store, status: status)])[0]
        for part in [segment, segment.subsegments[0]] { #expect(part.isError == isError && part.isThrottle == isThrottle && part.isFault == isFault) }
    }

    @Test func `an exception is told once, with its stack, and referred to after that`() throws {
        let error = SpanError(type: "ConnectionError", message: "refused", stack: "services/store.json:12:in `GET /'\nno frame")
        let segment = segments([.call(2, parent: 1, of: store, to: "catalog", status: 0, error: error), .server(1, of: store, status: 500, error: error)])[0]
        guard case .exceptions(let exceptions, _)? = segment.subsegments[0].cause, case .reference(let id)? = segment.cause else { throw Missing() }
        #expect(exceptions.map(\.type) == ["ConnectionError"] && exceptions[0].id == id && !exceptions[0].isRemote)
        #expect(exceptions[0].stack == [Segment.Exception.Frame(path: "services/store.json", line: 12, label: "GET /")])
        #expect(segment.isFault && segment.subsegments[0].isFault && segment.subsegments[0].http?.status == 0)
        let alone = segments([.server(1, of: store, status: 500, error: error)])[0]
        guard case .exceptions? = alone.cause else { throw Missing() }
    }

    private struct Missing: Error {}

    @Test func `what the SDK does not see leaves nothing`() {
        let quiet = ServiceIdentity.make("store", .make { $0.calls["cache"] = .make { $0.isTraced = false } })
        let cache = ServiceIdentity.make("cache", .off)
        let all = segments([.server(3, parent: 2, of: cache), .call(2, parent: 1, of: quiet, to: "cache"), .call(4, parent: 1, of: quiet, to: "catalog"), .server(1, of: quiet)])
        #expect(all.count == 1 && all[0].subsegments.map(\.name) == ["catalog"])
        let late = ServiceIdentity.make("store", .make { $0.neededAnnotation = "UserID" })
        #expect(segments([.server(1, of: late)]).isEmpty)
        #expect(segments([.server(1, of: late, attributes: [Attribute("UserID", "x")])]).count == 1)
    }

    @Test func `circles of parents end`() {
        let all = segments([.server(1, parent: 2, of: store), .server(2, parent: 1, of: catalog), .call(3, parent: 3, of: store, to: "catalog")])
        #expect(all.count == 2 && SegmentTrace(id: Span.trace, segments: all).visits.count == 2)
    }

    @Test func `annotations are texts, numbers and flags under plain names`() {
        let attributes = [Attribute("UserID", "u1"), Attribute("count", 3), Attribute("vip", true), Attribute("http.x", "no"), Attribute("list", .list([]))]
        #expect(segments([.server(1, of: store, attributes: attributes)])[0].annotations.map(\.name) == ["UserID", "count", "vip"])
    }

    @Test func `settings of a service shape its segments`() throws {
        let settings = XRaySettings.make { settings in
            settings.name = "Shop"
            settings.origin = "AWS::ECS::Container"
            settings.aws = [Attribute("xray", .object(["sdk": "X-Ray for Python"]))]
            settings.ruleMember = "sampling_rule_name"
            settings.tellsContentLength = true
            settings.tellsProgress = true
            settings.repeatsIdentifiers = true
            settings.local = ["render"]
            settings.localNamespace = "local"
            settings.url = ComputedAttribute("url", [.text("http://"), .fact(.hostname), .fact(.path)])
            settings.calls["*"] = .make { $0.hasLowerCaseMethod = true }
        }
        let service = ServiceIdentity.make("store", settings)
        let render = SpanTemplate.Companion(SpanTemplate(service: service, name: "render", resource: "page"), from: 0, to: 0.5)
        let all = segments(
            [
                .call(2, parent: 1, of: service, to: "catalog"),
                .server(1, of: service, target: "/a?b=c", attributes: [Attribute(XRaySettings.contentLengthAttribute, 42)], companions: [render]),
            ], rule: "Default")
        let text = String(decoding: SegmentWriter.document(all[0]), as: UTF8.self)
        let document = try Value.parse(json: text.utf8)
        #expect(document["name"] == "Shop" && document["origin"] == "AWS::ECS::Container" && document["aws"]?["xray"]?["sampling_rule_name"] == "Default")
        #expect(document["http"]?["request"]?["url"] == "http://store/a" && document["http"]?["response"]?["content_length"] == 42 && document["in_progress"] == false)
        #expect(document["fault"] == nil && document["error"] == nil && document["trace_id"] == "1-6553f100-000000000000000000000abc")
        #expect(document["start_time"] == 1_700_000_000.0 && document["end_time"] == 1_700_000_000.1)
        let parts = try #require(document["subsegments"]?.elements)
        #expect(parts.map { $0["name"] } == ["render", "catalog"] && parts[0]["namespace"] == "local" && parts[1]["http"]?["request"]?["method"] == "get")
        #expect(parts.allSatisfy { $0["type"] == "subsegment" && $0["parent_id"] == "0000000000000001" && $0["trace_id"] == document["trace_id"] })
        // Only who decides names the rule.
        #expect(segments([.server(1, parent: 99, of: service)], rule: "Default")[0].aws == settings.aws)
    }

    @Test func `repeated calls of an AWS SDK are one subsegment that ends as the last of them`() throws {
        let settings = XRaySettings.make { settings in
            settings.calls["table"] = .make { call in
                call.name = "dynamodb"
                call.namespace = "aws"
                call.aws = [Attribute("region", "us-west-2")]
                call.joinsRetries = true
                call.exception = "An error occurred ({code}) when calling {operation}: {message}"
                call.exceptionAfterRetries = "After {retries}: {code}"
            }
        }
        let service = ServiceIdentity.make("catalog", settings)
        let table = ServiceIdentity.make("table", .off)
        let operation = [Attribute("aws.operation", "GetItem"), Attribute("aws.table_name", "Items")]
        let refusal = [Attribute("aws.error_code", "Throttled"), Attribute("aws.error_message", "too much"), Attribute("aws.request_id", "R")]
        func attempt(_ id: UInt64, _ start: Int64, _ status: Int) -> [Span] {
            [.server(id + 1, parent: id, of: table, from: start, to: start + 5, status: status, attributes: refusal), .call(id, parent: 1, of: service, to: "table", from: start, to: start + 5, status: status, attributes: operation)]
        }
        let failed = segments(attempt(10, 0, 400) + attempt(20, 50, 400) + [.server(1, of: service, status: 500)])[0]
        let part = try #require(failed.subsegments.first)
        #expect(failed.subsegments.count == 1 && part.id == 10 && part.duration == .milliseconds(55) && part.isError && part.isFault && !part.isThrottle)
        #expect(part.aws == [Attribute("region", "us-west-2"), Attribute("operation", "GetItem"), Attribute("table_name", "Items"), Attribute("request_id", "R")])
        guard case .exceptions(let exceptions, _)? = part.cause else { throw Missing() }
        #expect(exceptions[0].message == "After 1: Throttled" && exceptions[0].type == "Throttled" && exceptions[0].isRemote)
        #expect(part.http?.url == "" && part.http?.status == 400)
        let mended = segments(attempt(10, 0, 400) + attempt(20, 50, 200) + [.server(1, of: service)])[0]
        #expect(mended.subsegments.count == 1 && !mended.subsegments[0].isError && mended.subsegments[0].cause == nil && mended.subsegments[0].http?.status == 200)
        // What follows a success is another call.
        let two = segments(attempt(10, 0, 200) + attempt(20, 50, 400) + [.server(1, of: service)])[0]
        #expect(two.subsegments.count == 2 && two.subsegments[1].cause == .exceptions([Segment.Exception(id: SegmentBuilder.identifier(ofExceptionIn: 20), type: "Throttled", message: "An error occurred (Throttled) when calling GetItem: too much", isRemote: true)], workingDirectory: ""))
    }
}

extension XRaySettings.Call {
    static func make(_ change: (inout XRaySettings.Call) -> Void) -> XRaySettings.Call {
        var call = XRaySettings.Call()
        change(&call)
        return call
    }
}
