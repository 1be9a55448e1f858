import Base
import Telemetry
import Testing

@testable import Export

@Suite struct DogStatsDTests {
    @Test func `lines of metrics`() {
        #expect(DogStatsDLine.metric("shop.orders", 1, .counter, tags: "|#env:shop") == "shop.orders:1|c|#env:shop")
        #expect(DogStatsDLine.metric("cache size", 12.5, .gauge, tags: "") == "cache_size:12.5|g")
        #expect(DogStatsDLine.metric("small", 0.00001, .gauge, tags: "") == "small:0.00001|g")
        #expect(DogStatsDLine.metric("small", -0.00001, .gauge, tags: "") == "small:-0.00001|g")
        #expect(DogStatsDLine.metric("close", 0.1 + 0.2, .gauge, tags: "") == "close:0.3|g")
        #expect(DogStatsDLine.metric("large", 1e15, .gauge, tags: "") == "large:1000000000000000|g")
    }

    @Test(arguments: [2, 3, 7, 49, 1_000, 123_457]) func `a value that was seen many times is sent once, and the agent gets the number back`(times: Int) throws {
        let line = DogStatsDLine.metric("latency", 0.25, .distribution, times: times, tags: "")
        let rate = try #require(line.split(separator: "|").last.flatMap { Double($0.dropFirst()) })
        #expect(line.hasPrefix("latency:0.25|d|@"))
        // Cut or rounded, as agents of different ages do it.
        #expect(Int(1 / rate) == times && Int((1 / rate).rounded()) == times)
    }

    @Test func `events and checks count bytes and keep to one line`() {
        let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        #expect(
            DogStatsDLine.event(title: "Ads 1.1 über alles", text: "two\nlines", at: time, key: "ads", source: "deployment", tags: "|#service:ads")
                == "_e{19,10}:Ads 1.1 über alles|two\\nlines|d:1700000000|k:ads|s:deployment|t:info|#service:ads")
        #expect(
            DogStatsDLine.check("http.can_connect", .critical, at: time, message: "Connection\nrefused", tags: "|#service:ads")
                == "_sc|http.can_connect|2|d:1700000000|#service:ads|m:Connection\\nrefused")
    }

    @Test func `tags are unified, and cannot break a line`() {
        let tags = DogStatsDTags(environment: "shop", service: "store", version: "2", tags: [Attribute("team", "a,b|c\nd")])
        #expect(tags.text([]) == "|#env:shop,service:store,version:2,team:a_b_c_d")
        #expect(tags.text([(name: "route", value: "/x")]) == "|#route:/x,env:shop,service:store,version:2,team:a_b_c_d")
        // The version of the whole is not that of a service with a name of its own.
        #expect(tags.text([(name: "service", value: "ads")]) == "|#service:ads,env:shop,team:a_b_c_d")
        #expect(DogStatsDTags(environment: "", service: "", version: "", tags: []).text([]) == "")
    }

    @Test func `lines are packed into datagrams, and one that is too long is counted`() {
        var packer = DatagramPacker(limit: 20)
        for line in ["12345678", "12345678901", String(repeating: "x", count: 21), "1", String(repeating: "y", count: 20)] { packer.add(line) }
        let datagrams = packer.take().map { String(decoding: $0, as: UTF8.self) }
        #expect(datagrams == ["12345678\n12345678901", "1", String(repeating: "y", count: 20)])
        #expect(packer.tooLong == 1 && packer.take().isEmpty)
    }

    @Test func `counters are sent as what was added, also after a reset`() throws {
        let recorder = Recorder()
        let orders = recorder.metrics.counter("orders", help: "Orders.")
        var changes = MetricChanges()
        func change() -> MetricChanges.Change? {
            let family = recorder.metrics.snapshot()[0]
            return changes.take(family.points[0], of: family)
        }
        recorder.metrics.add(3, to: orders)
        #expect(change() == .added(3) && change() == nil)
        recorder.metrics.add(2, to: orders)
        #expect(change() == .added(2))
        recorder.reset()
        recorder.metrics.add(1, to: orders)
        #expect(change() == .added(1))
    }

    // MARK: Over a socket

    private func send(
        level: Instrumentation = .full, configuration: DatadogConfiguration = DatadogConfiguration(), services: [DogStatsDExporter.ServiceState] = [],
        record: @escaping @Sendable (Recorder) -> Void
    ) throws -> [String] {
        let listener = try DatagramListener()
        let loop = try EventLoop()
        let port = listener.port
        try loop.run {
            let recorder = Recorder(level: level)
            let exporter = DogStatsDExporter(
                recorder: recorder, loop: loop, configuration: configuration, environment: "shop",
                open: { try await DatagramSocket.open(to: .host("localhost", port: port)) }, refresh: { services })
            record(recorder)
            await exporter.flush()
        }
        return listener.received()
    }

    private static func request(status: Int = 200, milliseconds: Int64 = 20) -> Span {
        var span = Span.make(1)
        span.status = status
        span.isError = status >= 500
        span.durationNanoseconds = milliseconds * 1_000_000
        return span
    }

    @Test func `metrics, deployments and reachability arrive at a UDP socket`() throws {
        var configuration = DatadogConfiguration()
        configuration.traces = DatadogConfiguration.Traces()
        configuration.service = "store"
        configuration.version = "2.0"
        let services = [
            DogStatsDExporter.ServiceState(name: "ads", version: "1.1", url: "http://127.0.0.1:5002", isReachable: true),
            DogStatsDExporter.ServiceState(name: "discounts", version: "1.0", url: "http://127.0.0.1:5001", isReachable: false),
        ]
        let lines = try send(configuration: configuration, services: services) { recorder in
            let metrics = recorder.metrics
            metrics.add(2, to: metrics.counter("shop.orders", help: "Orders."))
            metrics.set(metrics.gauge("pool.used", help: "Used.", labels: ["pool": "a"]), to: 3)
            let latency = metrics.histogram("http.server.request.duration", help: "Latency.", labels: ["service_name": "ads", "service_version": "1.1"])
            for _ in 0..<3 { metrics.observe(0.02, in: latency) }
            recorder.record(Self.request())
            recorder.record(Event(time: Timestamp(nanoseconds: 1_700_000_000_000_000_000), service: "ads", kind: "deployment", title: "Show ads", attributes: [Attribute("version", "1.1")]))
            recorder.record(Event(time: Timestamp(nanoseconds: 1_700_000_000_000_000_000), service: "ads", kind: "rum.view", title: "/", attributes: []))
        }
        #expect(lines.contains("shop.orders:2|c|#env:shop,service:store,version:2.0"))
        #expect(lines.contains("pool.used:3|g|#pool:a,env:shop,service:store,version:2.0"))
        #expect(lines.contains { $0.hasPrefix("http.server.request.duration:0.02|d|@0.333") && $0.hasSuffix("|#service:ads,version:1.1,env:shop") })
        #expect(lines.contains("_e{8,21}:Show ads|deployment of ads 1.1|d:1700000000|k:ads|s:deployment|t:info|#service:ads,event_kind:deployment,version:1.1,env:shop"))
        #expect(lines.contains { $0.hasPrefix("_sc|http.can_connect|0|d:") && $0.contains("service:ads") && !$0.contains("|m:") })
        #expect(lines.contains { $0.hasPrefix("_sc|http.can_connect|2|d:") && $0.contains("service:discounts") && $0.hasSuffix("|m:Connection refused") })
        // The agent counts requests itself when it gets the traces, and what browsers report is no event of the operation.
        #expect(!lines.contains { $0.hasPrefix("trace.") } && lines.count { $0.hasPrefix("_e{") } == 1)
    }

    @Test func `request metrics are sent where no traces are`() throws {
        var configuration = DatadogConfiguration()
        configuration.metrics = DatadogConfiguration.Metrics()
        let lines = try send(configuration: configuration) { recorder in
            for status in [200, 200, 500] { recorder.record(Self.request(status: status, milliseconds: 40)) }
        }
        #expect(lines.contains("trace.flask.request.hits:2|c|#env:test,http.status_code:200,resource_name:GET /ads,service:ads,version:1.0"))
        #expect(lines.contains("trace.flask.request.errors:1|c|#env:test,http.status_code:500,resource_name:GET /ads,service:ads,version:1.0"))
        #expect(lines.contains { $0.hasPrefix("trace.flask.request:0.04") && $0.contains("|d|#") && $0.contains("http.status_code:500") })
    }

    @Test(arguments: [(Instrumentation.none, false), (.infrastructure, true)]) func `each level sends its share`(level: Instrumentation, sends: Bool) throws {
        let service = DogStatsDExporter.ServiceState(name: "ads", version: "1", url: "", isReachable: true)
        let lines = try send(level: level, services: [service]) { recorder in
            let metrics = recorder.metrics
            metrics.add(to: metrics.counter("shop.orders", help: "Orders."))
            recorder.record(Self.request())
        }
        #expect(lines.isEmpty != sends)
        #expect(lines.contains { $0.hasPrefix("shop.orders:1|c") } == sends && !lines.contains { $0.hasPrefix("trace.") })
    }

    @Test func `datagrams keep to their size`() throws {
        let listener = try DatagramListener()
        let loop = try EventLoop()
        let port = listener.port
        try loop.run {
            let recorder = Recorder()
            let exporter = DogStatsDExporter(
                recorder: recorder, loop: loop, configuration: DatadogConfiguration(), environment: "shop",
                open: { try await DatagramSocket.open(to: .host("127.0.0.1", port: port)) })
            for number in 0..<200 { recorder.metrics.add(to: recorder.metrics.counter("counter.number\(number)", help: "Some counter.")) }
            await exporter.flush()
        }
        let datagrams = listener.datagrams()
        #expect(datagrams.count > 4 && datagrams.allSatisfy { $0.utf8.count <= 1_432 })
        #expect(datagrams.flatMap { $0.split(separator: "\n") }.count { $0.hasPrefix("counter.number") } == 200)
    }

    @Test func `a server that is not there costs nothing but a count`() throws {
        let port = try DatagramListener().port
        let loop = try EventLoop()
        let dropped = try loop.run {
            let recorder = Recorder()
            let exporter = DogStatsDExporter(
                recorder: recorder, loop: loop, configuration: DatadogConfiguration(), environment: "shop",
                open: { try await DatagramSocket.open(to: .host("127.0.0.1", port: port)) })
            for _ in 0..<20 {
                recorder.metrics.add(to: recorder.metrics.counter("orders", help: "Orders."))
                await exporter.flush()
            }
            let family = recorder.metrics.snapshot().first { $0.name == "datadog.dogstatsd.client.packets_dropped" }
            return family?.points.first?.value
        }
        guard case .number(let count)? = dropped else { Issue.record("nothing is counted"); return }
        #expect(count > 0)
    }

    @Test func `a name that nobody knows is looked up again later`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let opened = try loop.run {
            let recorder = Recorder()
            var attempts = 0
            let exporter = DogStatsDExporter(
                recorder: recorder, loop: loop, configuration: DatadogConfiguration(), environment: "shop",
                open: {
                    attempts += 1
                    throw SystemError(call: "getaddrinfo", code: 0)
                })
            recorder.metrics.set(recorder.metrics.gauge("used", help: "Used."), to: 1)
            for _ in 0..<40 {
                await exporter.flush()
                try await loop.sleep(for: .seconds(2))
            }
            return attempts
        }
        #expect(opened == 3)
    }
}
