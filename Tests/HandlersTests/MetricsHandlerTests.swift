import ShopTesting
import Testing

/// What a service counts of its own requests, as Prometheus scrapes it from the service.
struct MetricsHandlerTests {
    private static let pack = TestPack(
        routes: #"""
            "GET /items/{id}": [ { "do": "respond", "text": "ok" } ],
            "GET /metrics": [ { "step": "counted", "do": "metrics.text" }, { "do": "respond", "body": "counted", "contentType": "text/plain" } ]
            """#,
        settings: #"""
            "metrics": { "request_duration_seconds": { "help": "Time.", "buckets": [0.5, 2],
              "labels": { "method": "{method_lower}", "route": "{words}", "part": "{segment}", "pattern": "{route}", "status_code": "{status}" } } },
            """#)

    @Test func `requests are counted by route, and unknown paths together`() throws {
        let text = try withShop(Self.pack) { shop in
            for path in ["/items/1", "/items/2", "/nowhere", "/elsewhere"] { _ = await shop.get(path) }
            return await shop.get("/metrics").text
        }
        let item = #"method="get",part="items",pattern="/items/{id}",route="items_id",status_code="200""#
        #expect(text.hasPrefix("# HELP request_duration_seconds Time.\n# TYPE request_duration_seconds histogram\n"))
        #expect(text.contains("request_duration_seconds_bucket{\(item),le=\"0.5\"} 2\n"))
        #expect(text.contains("request_duration_seconds_bucket{\(item),le=\"2\"} 2\n"))
        #expect(text.contains("request_duration_seconds_count{\(item)} 2\n"))
        #expect(text.contains(#"request_duration_seconds_count{method="other",part="other",pattern="other",route="other",status_code="404"} 2"#))
    }

    @Test func `a reset begins to count anew`() throws {
        let text = try withShop(Self.pack) { shop in
            _ = await shop.get("/items/1")
            try await shop.with { try await $0.reset() }
            return await shop.get("/metrics").text
        }
        #expect(text == "")
    }

    @Test func `a wrong name in a label is reported with the right one`() {
        let pack = TestPack(routes: #""GET /": []"#, settings: #""metrics": { "m": { "help": "x", "labels": { "a": "{rout}" } } },"#)
        var problem = ""
        do { try withShop(pack) { _ in } } catch { problem = "\(error)" }
        #expect(problem.contains(#"/metrics/m/labels/a: nothing of a request is named "rout"; did you mean "route"?"#), "\(problem)")
    }
}
