import Base
import Foundation
import Testing

@testable import Telemetry

@Suite struct MetricsTests {
    private func sample() -> Recorder {
        let recorder = Recorder()
        let metrics = recorder.metrics
        let orders = metrics.counter("orders", help: "Orders placed.", unit: "{order}", labels: ["payment.kind": "card \"gold\"\\\n"])
        let stock = metrics.gauge("cache.size", help: "Bytes in \\ the cache.", unit: "By")
        let latency = metrics.histogram("http.server.request.duration", help: "Duration of HTTP server requests.", bounds: [0.1, 1], labels: ["http.route": "/ads"])
        metrics.add(2, to: orders)
        metrics.set(stock, to: 1.5)
        for value in [0.05, 0.1, 3] { metrics.observe(value, in: latency) }
        return recorder
    }

    @Test func `renders Prometheus text with units, totals and escapes`() {
        let text = String(decoding: PrometheusText.render(sample().metricFamilies()), as: UTF8.self)
        #expect(
            text == #"""
                # HELP orders_total Orders placed.
                # TYPE orders_total counter
                orders_total{payment_kind="card \"gold\"\\\n"} 2
                # HELP cache_size_bytes Bytes in \\ the cache.
                # TYPE cache_size_bytes gauge
                cache_size_bytes 1.5
                # HELP http_server_request_duration_seconds Duration of HTTP server requests.
                # TYPE http_server_request_duration_seconds histogram
                http_server_request_duration_seconds_bucket{http_route="/ads",le="0.1"} 2
                http_server_request_duration_seconds_bucket{http_route="/ads",le="1"} 2
                http_server_request_duration_seconds_bucket{http_route="/ads",le="+Inf"} 3
                http_server_request_duration_seconds_sum{http_route="/ads"} 3.15
                http_server_request_duration_seconds_count{http_route="/ads"} 3

                """#)
    }

    static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: promtool != nil, "promtool (Debian package prometheus) is not installed"))
    func `promtool has nothing to say about it`() throws {
        let recorder = sample()
        for id in 1...3 { recorder.record(Span.make(id: UInt64(id), status: id == 3 ? 500 : 200, isError: id == 3)) }
        let (status, output) = try run(Self.promtool!, ["check", "metrics"], input: PrometheusText.render(recorder.metricFamilies()))
        #expect(status == 0, "\(output)")
        #expect(output == "")
        // The check itself must be able to fail.
        #expect(try run(Self.promtool!, ["check", "metrics"], input: Array("# TYPE x counter\nx 1\n".utf8)).status == 3)
    }

    private func run(_ path: String, _ arguments: [String], input: [UInt8]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func `the same name and labels give the same series in any order`() {
        let metrics = Metrics()
        let first = metrics.counter("x", help: "X.", labels: ["a": "1", "b": "2"])
        #expect(metrics.counter("x", help: "X.", labels: ["b": "2", "a": "1"]) == first)
        #expect(metrics.counter("x", help: "X.", labels: ["a": "2", "b": "2"]) != first)
    }

    @Test func `a series is read under each of its names, and counted once`() {
        let metrics = Metrics()
        let gauge = metrics.gauge("queue_messages", aliases: ["queue.messages"], help: "Messages.", labels: ["queue": "parcels"])
        metrics.set(gauge, to: 3)
        let families = metrics.snapshot()
        #expect(families.map(\.name) == ["queue_messages", "queue.messages"])
        #expect(families[0].points == families[1].points)
        #expect(String(decoding: PrometheusText.render(families), as: UTF8.self).components(separatedBy: "queue_messages{").count == 2)
        #expect(metrics.mayCount("queue_messages", as: .gauge) && !metrics.mayCount("queue_messages", as: .counter))
    }

    @Test func `counters never fall`() {
        let metrics = Metrics()
        let counter = metrics.counter("x", help: "X.")
        metrics.add(3, to: counter)
        metrics.add(-5, to: counter)
        #expect(metrics.snapshot()[0].points[0].value == .number(3))
    }

    @Test func `quantiles interpolate inside their bucket`() {
        var distribution = Distribution(bounds: [1, 2, 4])
        #expect(distribution.quantile(0.5) == nil)
        for _ in 0..<10 { distribution.observe(1.5) }
        #expect(distribution.quantile(0.5) == 1.5)
        distribution.observe(100)
        #expect(distribution.quantile(1) == 4)
        #expect(distribution.mean == 115.0 / 11)
    }

    @Test(arguments: [("a.b-c", "a_b_c"), ("a..b", "a_b"), ("9x", "_9x"), ("http.server", "http_server")])
    func `names take Prometheus' characters`(name: String, expected: String) {
        #expect(PrometheusText.normalized(name) == expected)
    }
}
