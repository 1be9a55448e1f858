import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// The AnyCompany Shop, a listener in the place of X-Ray's daemon, and AWS's own command line.
@Suite(.serialized) struct XRayTests {
    /// A visit of everything in the shop that leads to another service, every trace of it sampled.
    private static func shop(state: String = "fixed", daemonPort: Int? = nil, _ body: @escaping @Sendable (Guest) async throws -> Void) throws {
        let folder = try PackFolder()
        var configuration = folder.configuration {
            $0.shops = [HostConfiguration.ShopRequest(name: "shop", pack: "anycompany", state: state, port: 0)]
            if let daemonPort { $0.environment["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:\(daemonPort)" }
        }
        configuration.seed = 5
        try Guest.visit(configuration) { guest in
            var cookie: String?
            for (number, (method, path, form)) in Self.tour.enumerated() {
                var headers: Headers = ["X-Amzn-Trace-Id": "Root=\(Self.root(number));Sampled=1"]
                if let cookie { headers.add("Cookie", cookie) }
                if form != nil { headers.add("Content-Type", "application/x-www-form-urlencoded") }
                var request = ClientRequest(method: method, url: try await guest.url("frontend") + path, headers: headers, body: Array((form ?? "").utf8), timeout: .seconds(20))
                request.redirectLimit = 0
                let answer = try await guest.client.send(request)
                if let line = answer.headers["Set-Cookie"] { cookie = String(line.prefix { $0 != ";" }) }
            }
            try await body(guest)
        }
    }

    private static let tour: [(method: String, path: String, form: String?)] = [
        ("GET", "/", nil), ("GET", "/product/6464865908071", nil), ("GET", "/images/products-tissot-women.jpg?width=200&height=200", nil), ("POST", "/cart", "product_id=6464865908071"), ("GET", "/cart", nil),
        ("POST", "/cart/checkout", "name=A&email=a%40example.com&address=1&zip=1&city=M&state=BY&country=Germany&paymentMethod=PayPal"), ("POST", "/cart/order", nil), ("GET", "/product/0000000000000", nil),
    ]

    /// Of now, and different for each number.
    private static func root(_ number: Int) -> String {
        let seconds = String(Int(Date().timeIntervalSince1970), radix: 16)
        let digits = String(number + 1, radix: 16)
        return "1-\(seconds)-" + String(repeating: "0", count: 24 - digits.count) + digits
    }

    private static var window: [String] {
        let now = Int(Date().timeIntervalSince1970)
        return ["--start-time", "\(now - 600)", "--end-time", "\(now + 600)"]
    }

    @Test(.enabled(if: MotoServer.program != nil, Peer.absence(of: "moto[server]"))) func `an X-Ray that is not ours takes every segment`() throws {
        let moto = try MotoServer()
        defer { moto.stop() }
        let daemon = try DatagramListener()
        try Self.shop(daemonPort: daemon.port) { guest in try await moto.waitUntilReady(guest) }
        // The host has stopped, and sent everything before.
        let datagrams = daemon.datagrams()
        let documents = datagrams.map { String($0.drop { $0 != "\n" }.dropFirst()) }
        #expect(documents.count == 24 && datagrams.allSatisfy { $0.hasPrefix("{\"format\":\"json\",\"version\":1}\n") && $0.utf8.count < 65_536 })
        let loop = try EventLoop()
        try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            let answer = try await moto.ask("/TraceSegments", .object(["TraceSegmentDocuments": .list(documents.map { .string($0) })]), client)
            #expect(answer["UnprocessedTraceSegments"] == .list([]))
            let traces = Set(try documents.compactMap { try Value.parse(json: $0.utf8)["trace_id"]?.text })
            #expect(traces.count == Self.tour.count)
            let kept = try await moto.ask("/Traces", .object(["TraceIds": .list(traces.sorted().map { .string($0) })]), client)
            let segments = (kept["Traces"]?.elements ?? []).flatMap { $0["Segments"]?.elements ?? [] }
            #expect(Set(segments.compactMap { $0["Document"]?.text }) == Set(documents))
            let now = Int(Date().timeIntervalSince1970)
            let summaries = try await moto.ask("/TraceSummaries", .object(["StartTime": .int(now - 600), "EndTime": .int(now + 600)]), client)
            let flagged = summaries["TraceSummaries"]?.elements?.filter { $0["HasFault"] == true } ?? []
            #expect(summaries["TraceSummaries"]?.elements?.count == Self.tour.count && flagged.count == 1)
        }
    }

    /// `caller > callee` with types, of a service graph.
    private static func edges(_ graph: Value) -> Set<String> {
        let services = graph["Services"]?.elements ?? []
        func name(_ service: Value) -> String { "\(service["Name"]?.text ?? "")(\(service["Type"]?.text ?? ""))" }
        let names = Dictionary(services.map { ($0["ReferenceId"]?.integer ?? -1, name($0)) }, uniquingKeysWith: { first, _ in first })
        return Set(services.flatMap { service in (service["Edges"]?.elements ?? []).map { "\(name(service)) > \(names[$0["ReferenceId"]?.integer ?? -2] ?? "?")" } })
    }

    @Test(.enabled(if: AWSCommandLine.program != nil, Peer.absence(of: "awscli"))) func `AWS's command line shows the six services, the stores and who calls whom`() throws {
        try Self.shop { guest in
            let endpoint = await guest.host.observabilityURL
            let graph = try AWSCommandLine.run(["xray", "get-service-graph"] + Self.window, endpoint: endpoint)
            let container = "(AWS::ECS::Container)"
            #expect(
                Self.edges(graph) == [
                    "Frontend(client) > Frontend\(container)", "Frontend\(container) > catalogservice\(container)", "Frontend\(container) > cartservice\(container)",
                    "Frontend\(container) > orderservice\(container)", "Frontend\(container) > recommenderservice\(container)", "Frontend\(container) > ImageService\(container)",
                    "recommenderservice\(container) > catalogservice\(container)", "cartservice\(container) > catalogservice\(container)",
                    "orderservice\(container) > cartservice\(container)", "orderservice\(container) > catalogservice\(container)",
                    "orderservice\(container) > https://queue.amazonaws.com/123456789012/demostore-orderqueue(AWS::SQS::Queue)", "catalogservice\(container) > ProductCatalog(AWS::DynamoDB::Table)",
                ])
            let failed = try AWSCommandLine.run(["xray", "get-trace-summaries", "--filter-expression", "annotation.ProductID = \"0000000000000\" AND service(\"catalogservice\") { error }"] + Self.window, endpoint: endpoint)
            let summary = try #require(failed["TraceSummaries"]?["0"])
            #expect(failed["TraceSummaries"]?.elements?.count == 1 && summary["HasFault"] == true && summary["Http"]?["HttpStatus"] == 500 && summary["IsPartial"] == false)
            let trace = try AWSCommandLine.run(["xray", "batch-get-traces", "--trace-ids", summary["Id"]?.text ?? ""], endpoint: endpoint)
            let names = try (trace["Traces"]?["0"]?["Segments"]?.elements ?? []).map { try Value.parse(json: ($0["Document"]?.text ?? "").utf8)["name"]?.text ?? "" }
            #expect(names == ["Frontend", "catalogservice"])
            let document = #"{"id":"00000000000000aa","name":"learner","trace_id":"\#(Self.root(70_000))","start_time":1,"end_time":2}"#
            let put = try AWSCommandLine.run(["xray", "put-trace-segments", "--trace-segment-documents", document, "{"], endpoint: endpoint)
            #expect(put["UnprocessedTraceSegments"]?.elements?.count == 1)
        }
    }

    @Test(.enabled(if: AWSCommandLine.program != nil, Peer.absence(of: "awscli"))) func `AWS's command line reads sampling rules, and makes groups of what comes after`() throws {
        try Self.shop { guest in
            let endpoint = await guest.host.observabilityURL
            func xray(_ arguments: String...) throws -> Value { try AWSCommandLine.run(["xray"] + arguments, endpoint: endpoint) }
            let rules = try #require(try xray("get-sampling-rules")["SamplingRuleRecords"]?.elements)
            #expect(rules.count == 1 && rules[0]["SamplingRule"]?["RuleName"] == "Default" && rules[0]["SamplingRule"]?["FixedRate"]?.number == 0.05 && rules[0]["SamplingRule"]?["Priority"] == 10_000)
            let report = "RuleName=Default,ClientID=0123456789abcdef01234567,Timestamp=\(Int(Date().timeIntervalSince1970)),RequestCount=10,SampledCount=1"
            let target = try xray("get-sampling-targets", "--sampling-statistics-documents", report)["SamplingTargetDocuments"]?["0"]
            #expect(target?["ReservoirQuota"] == 1 && target?["FixedRate"]?.number == 0.05 && target?["Interval"] == 10)

            let made = try xray("create-group", "--group-name", "catalog", "--filter-expression", "service(\"catalogservice\")", "--insights-configuration", "InsightsEnabled=true")
            #expect(try xray("get-group", "--group-name", "catalog") == made && made["Group"]?["GroupARN"]?.text.hasSuffix(":group/catalog") == true)
            #expect(try xray("get-groups")["Groups"]?.elements?.compactMap { $0["GroupName"]?.text } == ["Default", "catalog"])
            let mine = ["xray", "get-trace-summaries", "--filter-expression", "group.name = \"catalog\""] + Self.window
            #expect(try AWSCommandLine.run(mine, endpoint: endpoint)["TraceSummaries"] == .list([]))
            for path in ["/product/0000000000000", "/static"] {
                let request = ClientRequest(method: "GET", url: try await guest.url("frontend") + path, headers: ["X-Amzn-Trace-Id": "Root=\(Self.root(path.count + 100));Sampled=1"], timeout: .seconds(20))
                _ = try await guest.client.send(request)
            }
            let summaries = try AWSCommandLine.run(mine, endpoint: endpoint)["TraceSummaries"]?.elements ?? []
            #expect(summaries.count == 1 && summaries.first?["Http"]?["HttpURL"]?.text.hasSuffix("/product/0000000000000") == true)
            #expect(summaries.first?["ResponseTimeRootCauses"]?["0"]?["Services"]?["0"]?["Name"] == "Frontend")
            let graph = try AWSCommandLine.run(["xray", "get-service-graph", "--group-name", "catalog"] + Self.window, endpoint: endpoint)
            #expect(Set(graph["Services"]?.elements?.compactMap { $0["Name"]?.text } ?? []) == ["Frontend", "catalogservice", "ProductCatalog"])
            let fault = try AWSCommandLine.run(
                ["xray", "get-trace-summaries", "--filter-expression", "rootcause.fault.entity { name = \"Frontend\" }"] + Self.window, endpoint: endpoint)
            #expect(fault["TraceSummaries"]?.elements?.count == 2)
            let statistics = try AWSCommandLine.run(
                ["xray", "get-time-series-service-statistics", "--group-name", "catalog", "--entity-selector-expression", "service(\"catalogservice\")"] + Self.window, endpoint: endpoint)
            #expect(statistics["TimeSeriesServiceStatistics"]?["0"]?["ServiceSummaryStatistics"]?["TotalCount"] == 1)
            #expect(try xray("update-group", "--group-name", "catalog", "--filter-expression", "error")["Group"]?["FilterExpression"] == "error")
            _ = try xray("delete-group", "--group-name", "catalog")
            #expect(try xray("get-groups")["Groups"]?.elements?.count == 1)
        }
    }
}
