import Base
import HTTP
import Telemetry
import Testing

@testable import Query

@Suite struct XRayAPITests {
    private func post(_ path: String, _ body: String, _ recorder: Recorder = sampleRecorder(), now: Timestamp? = nil) throws -> (response: Response, json: Value) {
        let response = try #require(ObservabilityAPI(shops: [(name: "shop", recorder: recorder)], now: now).answer(Request(method: "POST", target: path, body: Array(body.utf8))))
        return (response, try Value.parse(json: response.bodyBytes))
    }

    private static let window = #""StartTime":1699999000,"EndTime":1700001000"#
    private static let storeTrace = "1-00000000-0000000100000000000000a1"

    @Test func `summaries tell what came of each trace`() throws {
        let all = try #require(try post("/TraceSummaries", "{\(Self.window)}").json["TraceSummaries"]?.elements)
        #expect(all.map { $0["Id"]?.text } == [Self.storeTrace, "1-00000000-0000000000000000000000a2"])
        #expect(all[0]["HasFault"] == false && all[0]["ResponseTime"]?.number == 0.003 && all[0]["EntryPoint"]?["Name"] == "store" && all[0]["StartTime"] == 1_700_000_000.0)
        #expect(all[0]["ServiceIds"]?.elements?.compactMap { $0["Name"]?.text } == ["store", "discounts", "database"])
        #expect(all[1]["HasFault"] == true && all[1]["FaultRootCauses"]?["0"]?["Services"]?["0"]?["EntityPath"]?["0"]?["Exceptions"]?["0"]?["Message"] == "connection refused by host")
    }

    @Test(arguments: [("fault", ["1-00000000-0000000000000000000000a2"]), (#"service(\"discounts\")"#, [storeTrace]), (#"service(\"nobody\")"#, [])]) func `filters choose among them`(filter: String, found: [String]) throws {
        let answer = try post("/TraceSummaries", "{\(Self.window),\"FilterExpression\":\"\(filter)\"}").json
        #expect(answer["TraceSummaries"]?.elements?.compactMap { $0["Id"]?.text } == found && answer["TracesProcessedCount"] == 2)
    }

    @Test func `traces give their documents, and name those that are not there`() throws {
        let answer = try post("/Traces", #"{"TraceIds":["\#(Self.storeTrace)","1-6553f100-000000000000000000000abc","nonsense"]}"#).json
        #expect(answer["UnprocessedTraceIds"] == ["nonsense", "1-6553f100-000000000000000000000abc"])
        let segments = try #require(answer["Traces"]?["0"]?["Segments"]?.elements)
        let documents = try segments.map { try Value.parse(json: ($0["Document"]?.text ?? "").utf8) }
        #expect(documents.map { $0["name"] } == ["store", "discounts"] && zip(segments, documents).allSatisfy { $0["Id"] == $1["id"] })
    }

    @Test func `the map has clients, services and what they call`() throws {
        let answer = try post("/ServiceGraph", "{\(Self.window)}").json
        let services = try #require(answer["Services"]?.elements)
        func named(_ name: String, _ type: Value?) throws -> Value { try #require(services.first { $0["Name"]?.text == name && $0["Type"] == type }) }
        let client = try named("store", "client")
        let store = try named("store", nil)
        #expect(client["Edges"]?["0"]?["ReferenceId"] == store["ReferenceId"] && client["SummaryStatistics"] == nil && store["Root"] == true)
        #expect(try named("ads", nil)["SummaryStatistics"]?["FaultStatistics"]?["TotalCount"] == 1)
        #expect(store["SummaryStatistics"]?["OkCount"] == 1 && store["DurationHistogram"]?["0"]?["Value"] == 0.003)
        #expect(Set(services.compactMap { $0["ReferenceId"]?.integer }).count == services.count)
    }

    @Test func `documents of others are taken, answered and shown on the map with ours`() throws {
        let recorder = sampleRecorder()
        // Called by the store's request, which is span 1 of the trace.
        let document = #"{\"id\":\"00000000000000aa\",\"name\":\"partner\",\"trace_id\":\"\#(Self.storeTrace)\",\"parent_id\":\"0000000000000077\",\"start_time\":1700000000.001,\"end_time\":1700000000.002,\"error\":true}"#
        let answer = try post("/TraceSegments", #"{"TraceSegmentDocuments":["\#(document)","{\"id\":\"00000000000000ab\",\"trace_id\":\"1-2-3\"}","{"]}"#, recorder).json
        let refused = try #require(answer["UnprocessedTraceSegments"]?.elements)
        #expect(refused.map { $0["ErrorCode"] } == ["InvalidTraceId", "ParseError"] && refused[0]["Id"] == "00000000000000ab" && refused[0]["Message"] == "Invalid segment. ErrorCode: InvalidTraceId")
        let trace = try post("/Traces", #"{"TraceIds":["\#(Self.storeTrace)"]}"#, recorder).json["Traces"]?["0"]
        #expect(trace?["Segments"]?.elements?.count == 3)
        #expect(try post("/TraceSummaries", #"{\#(Self.window),"FilterExpression":"service(\"partner\") { error }"}"#, recorder).json["TraceSummaries"]?.elements?.count == 1)
        #expect(try post("/TraceGraph", #"{"TraceIds":["\#(Self.storeTrace)"]}"#, recorder).json["Services"]?.elements?.contains { $0["Name"] == "partner" } == true)
    }

    @Test(arguments: [
        ("/TraceSummaries", "{}", "StartTime"), ("/TraceSummaries", #"{"StartTime":5,"EndTime":4}"#, "before"), ("/TraceSummaries", "{\(window),\"FilterExpression\":\"falt\"}", "did you mean"),
        ("/Traces", "{}", "TraceIds"), ("/TraceSegments", "{}", "TraceSegmentDocuments"), ("/ServiceGraph", "[", "JSON"),
        ("/CreateGroup", "{}", "1 to 32"), ("/CreateGroup", #"{"GroupName":"a b"}"#, "letters"), ("/CreateGroup", #"{"GroupName":"Default"}"#, "exists"),
        ("/CreateGroup", #"{"GroupName":"a","FilterExpression":"falt"}"#, "did you mean"), ("/CreateGroup", #"{"GroupName":"a","InsightsConfiguration":{"NotificationsEnabled":true}}"#, "insights"),
        ("/GetGroup", "{}", "GroupName"), ("/DeleteGroup", #"{"GroupName":"Default"}"#, "cannot be changed"), ("/SamplingTargets", "{}", "SamplingStatisticsDocuments"),
        ("/ServiceGraph", "{\(window),\"GroupName\":\"x\"}", "does not exist"), ("/TraceSummaries", "{\(window),\"TimeRangeType\":\"x\"}", "TimeRangeType"),
        ("/TimeSeriesServiceStatistics", "{\(window),\"Period\":5}", "Period"), ("/TimeSeriesServiceStatistics", "{\(window),\"EntitySelectorExpression\":\"fault\"}", "edge"), ("/ServiceGraph", #"{"StartTime":"soon","EndTime":4}"#, "StartTime"),
    ])
    func `mistakes are answered as AWS does`(path: String, body: String, hint: String) throws {
        let (response, json) = try post(path, body)
        #expect(response.status == 400 && response.headers["x-amzn-ErrorType"] == "InvalidRequestException")
        #expect(json["Message"]?.text.contains(hint) == true)
    }

    @Test func `root causes of the time are told like those of failures`() throws {
        let causes = try post("/TraceSummaries", "{\(Self.window)}").json["TraceSummaries"]?["0"]?["ResponseTimeRootCauses"]
        let services = try #require(causes?["0"]?["Services"]?.elements)
        #expect(causes?.elements?.count == 1 && causes?["0"]?["ClientImpacting"] == true)
        #expect(services.compactMap { $0["Name"]?.text } == ["store"])
        #expect(services[0]["EntityPath"] == .list([.object(["Name": "store", "Coverage": 1.0, "Remote": false])]))
    }

    @Test(arguments: [("TraceId", 1_700_000_001, 2), ("Event", 1_700_000_001, 2), ("Service", 1_700_000_001, 2), ("TraceId", 1_700_000_000.002, 1), ("Event", 1_700_000_000.002, 1)])
    func `windows are of arrivals, of anything that happened or of any service's requests`(kind: String, end: Double, count: Int) throws {
        let answer = try post("/TraceSummaries", #"{"StartTime":1699999999,"EndTime":\#(end),"TimeRangeType":"\#(kind)"}"#).json
        #expect(answer["TraceSummaries"]?.elements?.count == count)
        // The first trace began at 0 and went on for 3 ms.
        let late = try post("/TraceSummaries", #"{"StartTime":1700000000.0028,"EndTime":1700000000.003,"TimeRangeType":"\#(kind)"}"#).json
        #expect(late["TraceSummaries"]?.elements?.count == (kind == "Event" ? 1 : 0))
    }

    @Test func `a group is a filter for traces that come after it`() throws {
        let recorder = sampleRecorder()
        let before = Timestamp(nanoseconds: 1_699_999_990_000_000_000)
        let made = try post("/CreateGroup", #"{"GroupName":"failed","FilterExpression":"fault","InsightsConfiguration":{"InsightsEnabled":true}}"#, recorder, now: before).json["Group"]
        #expect(made?["GroupARN"] == "arn:aws:xray:us-east-1:123456789012:group/failed" && made?["FilterExpression"] == "fault" && made?["InsightsConfiguration"]?["InsightsEnabled"] == true)
        _ = try post("/CreateGroup", #"{"GroupName":"late","FilterExpression":"fault"}"#, recorder, now: Timestamp(nanoseconds: 1_700_000_009_000_000_000))
        #expect(try post("/Groups", "{}", recorder).json["Groups"]?.elements?.compactMap { $0["GroupName"]?.text } == ["Default", "failed", "late"])
        func names(_ group: String) throws -> [String] {
            try post("/ServiceGraph", #"{\#(Self.window),"GroupName":"\#(group)"}"#, recorder).json["Services"]?.elements?.compactMap { $0["Name"]?.text } ?? []
        }
        #expect(try names("failed") == ["ads", "ads"] && names("late") == [] && names("Default").contains("store"))
        #expect(try post("/TraceSummaries", #"{\#(Self.window),"FilterExpression":"group.name = \"failed\""}"#, recorder).json["TraceSummaries"]?.elements?.count == 1)
        #expect(try post("/UpdateGroup", #"{"GroupName":"failed","FilterExpression":"ok"}"#, recorder).json["Group"]?["FilterExpression"] == "ok")
        #expect(try names("failed").contains("store"))
        #expect(try post("/DeleteGroup", #"{"GroupARN":"arn:aws:xray:us-east-1:123456789012:group/failed"}"#, recorder).response.status == 200)
        #expect(try post("/GetGroup", #"{"GroupName":"failed"}"#, recorder).json["Message"]?.text.contains("does not exist") == true)
        recorder.reset()
        #expect(recorder.xray.groups.isEmpty)
    }

    @Test func `SDKs are told the rules of the services, and their shares`() throws {
        let recorder = sampleRecorder()
        #expect(try post("/GetSamplingRules", "", recorder).json["SamplingRuleRecords"]?.elements?.map { $0["SamplingRule"]?["FixedRate"]?.number } == [0.05])
        let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        let usual = XRaySamplingRule(name: "Default", reservoir: 2, rate: 0.5)
        for (service, rules) in [("a", [usual]), ("b", [XRaySamplingRule(name: "health", path: "/healthz*", reservoir: 0, rate: 0), usual]), ("c", [XRaySamplingRule(name: "health", reservoir: 0, rate: 1), usual])] {
            recorder.xray.setRules(XRayAccount.ServiceRules(name: service, rules: rules, since: time), ofService: service)
        }
        let records = try #require(try post("/GetSamplingRules", "{}", recorder).json["SamplingRuleRecords"]?.elements)
        let rules = records.compactMap { $0["SamplingRule"] }
        #expect(rules.map { $0["RuleName"]?.text } == ["health-b", "health", "Default"] && rules.map { $0["ServiceName"]?.text } == ["b", "c", "*"])
        #expect(rules.map { $0["Priority"]?.integer } == [1, 2, 10_000] && rules[0]["URLPath"] == "/healthz*" && rules[2]["ReservoirSize"] == 2 && records[0]["ModifiedAt"]?.number == 1_700_000_000)
        let report = #"{"ClientID":"abc","RequestCount":9,"SampledCount":1,"Timestamp":1700000000,"RuleName":"#
        let targets = try post("/SamplingTargets", #"{"SamplingStatisticsDocuments":[\#(report)"Default"},\#(report)"gone"}]}"#, recorder).json
        #expect(
            targets["SamplingTargetDocuments"]
                == .list([.object(["RuleName": "Default", "FixedRate": 0.5, "ReservoirQuota": 2, "ReservoirQuotaTTL": .double(1_700_000_020), "Interval": 10])]))
        #expect(targets["UnprocessedStatistics"]?.elements?.map { $0["RuleName"] } == ["gone"] && targets["LastRuleModification"]?.number == 1_700_000_000)
    }

    @Test func `statistics go minute by minute`() throws {
        func series(_ selector: String) throws -> Value? {
            try post("/TimeSeriesServiceStatistics", #"{\#(Self.window),"Period":60,"EntitySelectorExpression":"\#(selector)"}"#).json["TimeSeriesServiceStatistics"]
        }
        let all = try series("")
        // 1,700,000,000 is 20 s into a minute.
        #expect(all?.elements?.count == 1 && all?["0"]?["Timestamp"]?.number == 1_699_999_980)
        #expect(all?["0"]?["ServiceSummaryStatistics"]?["TotalCount"] == 2 && all?["0"]?["ServiceSummaryStatistics"]?["FaultStatistics"]?["TotalCount"] == 1)
        let edge = try series(#"edge(\"discounts\", \"database\")"#)
        #expect(edge?["0"]?["EdgeSummaryStatistics"]?["OkCount"] == 3 && edge?["0"]?["ServiceSummaryStatistics"] == nil)
        #expect(try series(#"service(\"nobody\")"#)?.elements == [])
    }

    @Test func `questions are posted`() {
        let response = ObservabilityAPI(shops: [(name: "shop", recorder: Recorder())]).get("/ServiceGraph")
        #expect(response?.status == 405 && response?.headers["Allow"] == "POST")
    }

    @Test(arguments: [
        ("xray fault", 1), ("xray service(\"discounts\")", 1), ("xray", 2), ("trace service:ads but no xray fault", 0), ("trace service:ads but no xray service(\"nobody\")", 1),
        ("trace service:nobody but no xray service(\"nobody\")", 0), ("log \"x but no xray\"", 0),
    ])
    func `evidence asks X-Ray, and for what is not there`(
        query: String, count: Int
    ) throws {
        #expect(try EvidenceQuery.parse(query).matches(in: sampleRecorder()) == count)
    }

    @Test func `mistakes after "but no" are found where they are`() {
        let error = #expect(throws: QueryError.self) { try EvidenceQuery.parse("trace but no xray falt") }
        #expect(error?.column == 19 && error?.message.contains("did you mean") == true)
    }

    @Test func `evidence of a clock is a lead over the caller`() throws {
        let recorder = Recorder()
        let service = ServiceIdentity(name: "a", version: "", environment: "")
        let template = SpanTemplate(service: service, name: "r", resource: "GET /", kind: .server)
        for (id, parent, start) in [(2, 1, -1_500), (1, 0, 0)] as [(UInt64, UInt64, Int64)] {
            recorder.record(Span(trace: TraceID(high: 0, low: 1), id: id, parent: parent, template: template, start: Timestamp(nanoseconds: 1_000_000_000_000 + start * 1_000_000), durationNanoseconds: 1))
        }
        #expect(try EvidenceQuery.parse("trace lead_ms>1000").matches(in: recorder) == 1)
        #expect(try EvidenceQuery.parse("trace lead_ms>1600").matches(in: recorder) == 0)
        #expect(try EvidenceQuery.parse("trace lead_ms<0").matches(in: recorder) == 0)
    }
}
