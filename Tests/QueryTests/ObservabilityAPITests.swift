import Base
import HTTP
import Telemetry
import Testing

@testable import Query

@Suite struct ObservabilityAPITests {
    private let api = ObservabilityAPI(shops: [("shop-a", sampleRecorder()), ("shop-b", Recorder())])

    @Test func `lists services and operations in Jaeger's frame`() throws {
        #expect(
            String(decoding: try #require(api.get("/api/services")).bodyBytes, as: UTF8.self)
                == #"{"data":["ads","discounts","store"],"total":3,"limit":0,"offset":0,"errors":null}"#)
        #expect(try api.data("/api/services/discounts/operations") == ["GET /discount", "SELECT discount_types"])
        #expect(try api.data("/api/operations?service=store") == [.object(["name": "GET /", "spanKind": "server"])])
        #expect(try api.data("/api/operations?service=discounts&spanKind=client") == [.object(["name": "SELECT discount_types", "spanKind": "client"])])
    }

    @Test func `writes a failed span as Jaeger does`() throws {
        let response = try #require(api.get("/api/traces/a2"))
        #expect(
            String(decoding: response.bodyBytes, as: UTF8.self)
                == #"{"data":[{"traceID":"00000000000000a2","spans":[{"traceID":"00000000000000a2","spanID":"0000000000a10003","flags":1,"operationName":"GET /ads","references":[],"#
                + #""startTime":1700000000005000,"duration":700,"tags":[{"key":"span.kind","type":"string","value":"server"},{"key":"operation.name","type":"string","value":"flask.request"},"#
                + #"{"key":"resource.name","type":"string","value":"GET /ads"},{"key":"span.type","type":"string","value":"web"},{"key":"http.response.status_code","type":"int64","value":500},"#
                + #"{"key":"error","type":"bool","value":true},{"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"otel.status_description","type":"string","value":"connection refused by host"},"#
                + #"{"key":"error.type","type":"string","value":"AdsError"}],"logs":[{"timestamp":1700000000005700,"fields":[{"key":"event","type":"string","value":"exception"},"#
                + #"{"key":"exception.type","type":"string","value":"AdsError"},{"key":"exception.message","type":"string","value":"connection refused by host"}]}],"processID":"p1","warnings":null}],"#
                + #""processes":{"p1":{"serviceName":"ads","tags":[{"key":"service.version","type":"string","value":"1.0"},{"key":"deployment.environment.name","type":"string","value":"test"}]}},"#
                + #""warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}"#)
    }

    @Test func `a child refers to its parent and each service is one process`() throws {
        let trace = try #require(try api.data("/api/traces/000000000000000100000000000000a1")?["0"])
        #expect(trace["traceID"] == "000000000000000100000000000000a1")
        let child = try #require(trace["spans"]?["1"])
        #expect(child["operationName"] == "GET /discount")
        #expect(child["references"]?["0"]?["refType"] == "CHILD_OF")
        #expect(child["references"]?["0"]?["spanID"] == trace["spans"]?["0"]?["spanID"])
        #expect(trace["processes"]?["p2"]?["serviceName"] == "discounts")
        #expect(trace["spans"]?["2"]?["processID"] == "p2")
    }

    @Test(arguments: [
        ("service=store", 1), ("service=ads&operation=GET%20%2Fads", 1), ("service=ads&operation=GET+/ads", 1), ("service=ads&tags=%7B%22error%22%3A%22true%22%7D", 1),
        ("service=store&tags=%7B%22error%22%3A%22true%22%7D", 0), ("service=ads&tag=http.status_code:500", 1), ("service=ads&minDuration=1ms", 0),
        ("service=ads&minDuration=500us&maxDuration=0.8ms", 1), ("service=store&start=1700000000000001", 0), ("service=ads&start=1700000000000001&end=1700000000009999", 1),
        ("traceID=a2", 1), ("traceID=a2&traceID=a1", 2), ("service=ads&limit=1&lookback=1h&raw=true", 1), ("service=ads&shop=shop-b", 0),
    ])
    func `searches traces`(query: String, expected: Int) throws {
        #expect(try api.data("/api/traces?" + query)?.elements?.count == expected)
    }

    @Test(arguments: [
        ("/api/traces", 400), ("/api/operations", 400), ("/api/traces?service=ads&limit=none", 400), ("/api/traces?service=ads&minDuration=5", 400),
        ("/api/traces?service=ads&tags=x", 400), ("/api/traces?service=ads&tag=x", 400), ("/api/traces?service=ads&start=yesterday", 400),
        ("/api/traces/ffff", 404), ("/api/services?shop=shop-c", 404), ("/api/logs?query=(", 400), ("/api/logs?start=99999999999999999999", 400),
    ])
    func `refuses with Jaeger's error frame`(target: String, status: Int) throws {
        let response = try #require(api.get(target))
        #expect(response.status == status)
        #expect(try Value.parse(json: response.bodyBytes)["errors"]?["0"]?["code"] == .int(status))
    }

    @Test func `statements of one database are one process`() throws {
        let recorder = Recorder()
        for (id, sql) in [(1, "SELECT 1"), (2, "SELECT 2")] as [(UInt64, String)] {
            let database = ServiceIdentity(name: "db", version: "1.0", environment: "test")
            recorder.record(
                Span(
                    trace: TraceID(high: 0, low: 7), id: id, parent: 0, template: SpanTemplate(service: database, name: "query", resource: sql, type: "sql", kind: .client),
                    start: Timestamp(nanoseconds: 1_700_000_000_000_000_000), durationNanoseconds: 1_000))
        }
        let trace = try #require(try ObservabilityAPI(shops: [(name: "shop", recorder: recorder)]).data("/api/traces/7")?.elements?.first)
        #expect(trace["processes"]?.fields?.values.count == 1)
        #expect(trace["spans"]?.elements?.map { $0["processID"]?.text } == ["p1", "p1"])
    }

    @Test func `says what is required in Jaeger's words`() throws {
        #expect(
            String(decoding: try #require(api.get("/api/traces")).bodyBytes, as: UTF8.self)
                == #"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":400,"msg":"parameter 'service' is required"}]}"#)
    }

    @Test func `dependencies in a window`() throws {
        #expect(try api.data("/api/dependencies?endTs=1700000001000&lookback=3600000") == [.object(["parent": "store", "child": "discounts", "callCount": 1])])
        #expect(try api.data("/api/dependencies?endTs=1600000000000&lookback=1000") == [])
    }

    @Test func `logs and events come newest first, with the count of all`() throws {
        let logs = try Value.parse(json: try #require(api.get("/api/logs?limit=1")).bodyBytes)
        #expect(logs["total"] == 2)
        #expect(logs["data"]?.elements?.count == 1)
        #expect(logs["data"]?["0"]?["service"] == "ads")
        #expect(logs["data"]?["0"]?["trace_id"] == "000000000000000000000000000000a2")
        #expect(logs["data"]?["0"]?["attributes"]?["user"] == "Ann B")
        #expect(try api.data("/api/logs?query=service%3Adiscounts&start=1700000000000000&end=1700000000000300")?.elements?.count == 1)
        #expect(try api.data("/api/logs?query=service%3Adiscounts&start=1700000000000300")?.elements?.count == 0)
        #expect(try api.data("/api/events?kind=deployment")?["0"]?["title"] == "Deployed ads 1.1")
        #expect(try api.data("/api/events?service=store") == [])
    }

    @Test func `metrics are Prometheus text`() throws {
        let response = try #require(api.get("/metrics"))
        #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(String(decoding: response.bodyBytes, as: UTF8.self).contains(#"trace_flask_request_errors_total{env="test",http_status_code="500",resource_name="GET /ads",service="ads",version="1.0"} 1"#))
    }

    @Test func `other paths and methods are somebody else's`() {
        #expect(api.get("/") == nil)
        #expect(api.get("/api/unknown") == nil)
        #expect(api.answer(Request(method: "POST", target: "/api/services"))?.status == 405)
    }

    @Test func `the same seed gives the same bytes`() throws {
        func bytes(seed: UInt64) throws -> [UInt8] {
            let world = World(loop: try EventLoop(virtualFrom: Timestamp(nanoseconds: 0)), seed: seed)
            let recorder = sampleRecorder(trace: world.identifier() >> 20)
            let api = ObservabilityAPI(shops: [("shop", recorder)])
            return ["/api/traces?service=store", "/metrics", "/api/logs", "/api/services"].flatMap { api.get($0)?.bodyBytes ?? [] }
        }
        #expect(try bytes(seed: 7) == bytes(seed: 7))
        #expect(try bytes(seed: 7) != bytes(seed: 8))
    }
}
