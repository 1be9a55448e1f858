import Base
import HTTP
import Telemetry
import Testing

@testable import Query

@Suite struct MetricsAPITests {
    private let api: ObservabilityAPI

    init() {
        let timeline = Timeline()
        timeline.request(3, times: 90)
        timeline.request(4, status: 500, times: 30)
        timeline.gauge("process.memory.usage", 5, at: 5, unit: "By")
        api = ObservabilityAPI(shops: [("shop", timeline.recorder)], now: Timeline.time(600))
    }

    private func get(_ path: String, _ parameters: KeyValuePairs<String, String> = [:]) throws -> Response {
        try #require(api.get(parameters.isEmpty ? path : path + "?" + QueryPairs(parameters).encoded))
    }

    private func query(_ text: String, from: String = "\(Timeline.start)", to: String = "\(Timeline.start + 600)") throws -> Response {
        try get("/api/v1/query", ["from": from, "to": to, "query": text])
    }

    private func text(_ response: Response) -> String { String(decoding: response.bodyBytes, as: UTF8.self) }

    @Test func `an answer has Datadog's fields`() throws {
        let answer = text(try query("sum:trace.flask.request.hits{service:ads} by {http.status_code}.as_count()"))
        #expect(
            answer
                == #"{"status":"ok","resp_version":1,"series":[{"end":1699999209000,"attributes":{},"metric":"trace.flask.request.hits","interval":10,"tag_set":["http.status_code:200"],"#
                + #""start":1699999200000,"length":1,"query_index":0,"aggr":"sum","scope":"service:ads,http.status_code:200","pointlist":[[1699999200000,90.0]],"#
                + #""expression":"sum:trace.flask.request.hits{service:ads} by {http.status_code}.as_count()","unit":null,"display_name":"trace.flask.request.hits"},"#
                + #"{"end":1699999209000,"attributes":{},"metric":"trace.flask.request.hits","interval":10,"tag_set":["http.status_code:500"],"#
                + #""start":1699999200000,"length":1,"query_index":0,"aggr":"sum","scope":"service:ads,http.status_code:500","pointlist":[[1699999200000,30.0]],"#
                + #""expression":"sum:trace.flask.request.hits{service:ads} by {http.status_code}.as_count()","unit":null,"display_name":"trace.flask.request.hits"}],"#
                + #""to_date":1699999800000,"query":"sum:trace.flask.request.hits{service:ads} by {http.status_code}.as_count()","message":"","res_type":"time_series","times":[],"#
                + #""from_date":1699999200000,"group_by":["http.status_code"],"values":[]}"#)
    }

    @Test func `arithmetic is named by its expression`() throws {
        let series = try #require(
            try Value.parse(json: try query("(sum:trace.flask.request.hits{service:ads}.as_count() - sum:trace.flask.request.errors{service:ads}.as_count()) / sum:trace.flask.request.hits{service:ads}.as_count()").bodyBytes)["series"]?["0"])
        #expect(series["metric"] == "(trace.flask.request.hits - trace.flask.request.errors) / trace.flask.request.hits")
        #expect(series["scope"] == "service:ads" && series["aggr"] == "sum" && series["pointlist"]?["0"]?["1"] == 0.75)
    }

    @Test func `units and several queries`() throws {
        let answer = try Value.parse(json: try query("p95:trace.flask.request{*},avg:process.memory.usage{*}").bodyBytes)
        #expect(answer["series"]?["0"]?["unit"]?["0"]?["name"] == "second" && answer["series"]?["1"]?["unit"]?["0"]?["plural"] == "bytes")
        #expect(answer["series"]?.elements?.map { $0["query_index"]?.integer } == [0, 1] && answer["series"]?["0"]?["aggr"] == "p95")
    }

    @Test func `an unknown metric is no error, but the message helps`() throws {
        let answer = try Value.parse(json: try query("sum:trace.flask.request.hit{*}").bodyBytes)
        #expect(answer["status"] == "ok" && answer["series"] == [])
        #expect(answer["message"]?.text.contains("did you mean \"trace.flask.request.hits\"?") == true)
    }

    @Test func `errors are lists of texts with a position`() throws {
        let response = try query("sum:trace.flask.request.hits{service:ads,}")
        #expect(response.status == 400)
        #expect(
            text(response)
                == #"{"errors":["Error parsing query: unable to parse sum:trace.flask.request.hits{service:ads,}: Rule 'scope_expr' didn't match at '}' (line 1, column 42). Expected a tag such as service:ads, or *"]}"#)
    }

    @Test(arguments: [
        ("", "1", "x{*}", "'from' is required"), ("1", "", "x{*}", "'to' is required"), ("1", "2", "", "'query' is required"), ("soon", "2", "x{*}", "'from' must be in seconds"),
        ("1", "1700000000000", "x{*}", "'to' must be in seconds"), ("2", "2", "x{*}", "must be before"),
    ])
    func `parameters are checked`(from: String, to: String, text: String, message: String) throws {
        let response = try query(text, from: from, to: to)
        #expect(response.status == 400)
        #expect(try Value.parse(json: response.bodyBytes)["errors"]?["0"]?.text.contains(message) == true)
    }

    @Test func `what clients ask before and beside a query`() throws {
        #expect(text(try get("/api/v1/validate")) == #"{"valid":true}"#)
        #expect(text(try get("/api/v1/metrics/trace.flask.request.hits")) == #"{"type":"count","description":"Finished flask.request operations.","statsd_interval":10}"#)
        #expect(text(try get("/api/v1/metrics/trace.flask.request")) == #"{"type":"distribution","description":"Duration of flask.request operations.","unit":"second"}"#)
        let unknown = try get("/api/v1/metrics/orders")
        #expect(unknown.status == 404 && text(unknown) == #"{"errors":["Metric not found"]}"#)
        let list = try Value.parse(json: try get("/api/v1/metrics", ["from": "1"]).bodyBytes)
        #expect(list["from"] == "1" && list["metrics"]?.elements?.contains("trace.flask.request.errors") == true)
        #expect(api.answer(Request(method: "POST", target: "/api/v1/query"))?.status == 405)
        #expect(api.get("/api/v1/unknown") == nil)
    }
}
