import Base
import Foundation
import HTTP
import Testing

@testable import Load

/// Reports against what the tools themselves print for the same requests; the texts are in `Fixtures/load-reports`.
@Suite struct ReportTests {
    private static func golden(_ name: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/load-reports").appending(path: name).standardized
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private static func run(_ entries: [(String, String)], start: Int64 = 0) -> RunStatistics {
        RunStatistics(entries: entries.map { EntryName(method: $0.0, name: $0.1) }, thresholds: [], started: Timestamp(nanoseconds: start))
    }

    // MARK: hey

    /// 25 answers, the i-th after 1.5 ms * i + 0.2 ms, over half a second; the first two on new connections.
    private static func heyRun(answers: Int, error: String, errors: Int) -> RunStatistics {
        var run = run([("GET", "/")])
        for index in 0..<answers {
            let microseconds = 200 + 1_500 * Int64(index + 1)
            let end = Int64(500_000_000) - Int64(answers - 1 - index) * 1_000_000
            var sample = Sample(entry: 0, start: Timestamp(nanoseconds: end - microseconds * 1_000), end: Timestamp(nanoseconds: end))
            sample.status = index < 22 ? 200 : 404
            sample.announcedBytes = 100
            sample.times.isReused = index >= 2
            sample.times.nameFound = 40
            sample.times.ready = index < 2 ? 300 : 0
            sample.times.firstByte = microseconds - 100
            sample.times.end = microseconds
            run.record(sample)
        }
        for _ in 0..<errors {
            var sample = Sample(entry: 0, start: Timestamp(nanoseconds: 400_000_000), end: Timestamp(nanoseconds: 500_000_000))
            sample.failure = error
            run.record(sample)
        }
        return run
    }

    @Test func `hey's report is hey's`() throws {
        let run = Self.heyRun(answers: 25, error: #"Get "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused"#, errors: 5)
        #expect(HeyReport(run).text == (try Self.golden("hey.txt")))
    }

    @Test func `hey's report of nothing is hey's`() throws {
        #expect(HeyReport(Self.heyRun(answers: 0, error: #"Get "http://127.0.0.1:9/": EOF"#, errors: 4)).text == (try Self.golden("hey-nothing.txt")))
    }

    @Test func `buckets give hey's report as well`() throws {
        var run = Self.run([("GET", "/")])
        for index in 0..<20_000 {
            let end = Timestamp(nanoseconds: Int64(index) * 100_000)
            var sample = Sample(entry: 0, start: end + .nanoseconds(-Int64(1_000_000 + index * 1_000)), end: end)
            sample.status = 200
            run.record(sample)
        }
        let lines = HeyReport(run).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let counts = lines.filter { $0.contains("\t|") }.compactMap { Int($0.split(separator: "[")[1].prefix { $0 != "]" }) }
        #expect(counts.reduce(0, +) == 20_000)
        // Evenly spread over ten intervals; the least value alone is at the first mark.
        #expect(counts[0] <= 40)
        #expect(counts[1...].allSatisfy { abs($0 - 2_000) < 100 })
        for (percent, milliseconds) in [(10, 3.0), (50, 11), (90, 19), (99, 20.8)] {
            let line = try #require(lines.first { $0.hasPrefix("  \(percent)% in ") })
            let seconds = try #require(Double(line.split(separator: " ")[2]))
            #expect(abs(seconds * 1_000 - milliseconds) <= milliseconds * 0.01 + 0.05)
        }
    }

    @Test func `hey's rows have eight columns`() {
        var sample = Sample(entry: 0, start: Timestamp(nanoseconds: 1_000_100_000), end: Timestamp(nanoseconds: 1_000_900_000))
        let csv = HeyCSV(started: Timestamp(nanoseconds: 1_000_000_000))
        #expect(csv.line(sample) == nil)
        sample.status = 200
        (sample.times.nameFound, sample.times.ready, sample.times.firstByte, sample.times.end) = (40, 220, 700, 800)
        #expect(csv.line(sample) == "0.0008,0.0002,0.0000,0.0000,0.0005,0.0001,200,0.0001\n")
        #expect(HeyCSV.header.split(separator: ",").count == 8)
    }

    // MARK: Locust

    /// 60 requests of one name and 11 of another, some failed, over 33 seconds.
    private static var locustRun: RunStatistics {
        let start: Int64 = 1_000_000_000_000
        var run = run([("POST", "/cart"), ("GET", "/"), ("GET", "/never")], start: start)
        func record(_ entry: Int, at seconds: Double, milliseconds: Double, bytes: Int, failure: String?) {
            let end = start + Int64((seconds - 1_000) * 1e9)
            var sample = Sample(entry: entry, start: Timestamp(nanoseconds: end - Int64((milliseconds * 1e6).rounded())), end: Timestamp(nanoseconds: end))
            sample.status = failure?.hasPrefix("Remote") == true ? 0 : failure == nil ? 200 : 500
            sample.bodyBytes = bytes
            sample.failure = failure
            run.record(sample)
        }
        for k in 1...60 {
            record(
                1, at: 1_000 + Double(k) * 0.5, milliseconds: k < 58 ? 4.25 + Double(k) * 1.5 : 147.4 * Double(k - 50), bytes: 406,
                failure: k % 20 == 0 ? FailureWords.status(500, of: "/") : nil)
        }
        for k in 1...11 {
            record(
                0, at: 1_030 + Double(k) * 0.25, milliseconds: 2_000.4 + Double(k) * 1_234.5, bytes: 20,
                failure: k == 3 || k == 4 ? FailureWords.python.text(.connectionReset, ClientRequest(url: "")) : nil)
        }
        run.users = 7
        return run
    }

    @Test func `Locust's tables are Locust's`() throws {
        #expect(LocustReport(Self.locustRun, nameWidth: 20).text == (try Self.golden("locust.txt")))
    }

    @Test func `Locust's files are Locust's`() throws {
        #expect(LocustCSV.statistics(Self.locustRun) == (try Self.golden("locust_stats.csv")))
        #expect(LocustCSV.failures(Self.locustRun) == (try Self.golden("locust_failures.csv")))
        #expect(LocustCSV.exceptions == "Count,Message,Traceback,Nodes\r\n")
    }

    @Test func `the history has the rates of the last seconds`() throws {
        // One request per second at first, later ten.
        var csv = LocustCSV()
        var all = LocustCSV(writesAllEntries: true)
        var run = Self.run([("GET", "/")])
        var rows: [[Substring]] = []
        var allRows = ""
        for second in 0..<30 {
            for part in 0..<(second < 15 ? 1 : 10) {
                let end = Timestamp(nanoseconds: Int64(second) * 1_000_000_000 + Int64(part) * 100_000_000 + 1)
                var sample = Sample(entry: 0, start: end + .milliseconds(-(second < 15 ? 20 : 40)), end: end)
                sample.status = 200
                run.record(sample)
            }
            rows.append(csv.history(run, now: Timestamp(nanoseconds: Int64(second) * 1_000_000_000)).dropLast().split(separator: ","))
            allRows = all.history(run, now: Timestamp(nanoseconds: Int64(second) * 1_000_000_000))
        }
        #expect(LocustCSV.historyHeader.split(separator: ",").count == 24)
        #expect(rows.allSatisfy { $0.count == 23 || $0.count == 24 })
        #expect(rows.map { $0[0] }.last == "29")
        #expect(rows[14].contains("1.000000"))
        #expect(rows[29].contains("10.000000"))
        #expect(allRows.split(separator: "\r\n").count == 2)
        // The aggregated row of a full history tells of the last ten seconds: only the later, slower ones.
        #expect(allRows.contains(",40,40,40,40,40,40,40,40,40,40,40,"))
    }

    // MARK: Others

    @Test func `everything is there as JSON`() throws {
        let value = LoadJSON(Self.locustRun, title: "t").value
        let read = try Value.parse(json: value.jsonBytes())
        #expect(read["requests"] == 71)
        #expect(read["failures"] == 5)
        #expect(read["total"]?["statuses"]?["200"] == 66)
        #expect(read["entries"]?["0"]?["name"] == "/")
        #expect(read["entries"]?["1"]?["unanswered"] == 2)
        #expect(read["entries"]?["0"]?["latencyMilliseconds"]?["max"] == 1_474)
        #expect(read["errors"]?.elements?.count == 2)
    }

    @Test func `progress is one line`() {
        var progress = ProgressLine()
        let run = Self.locustRun
        let line = progress.text(run, now: Timestamp(nanoseconds: 1_032_750_000_000))
        #expect(line == "32 s  7 users  2.2 req/s  71 requests  5 failures  p95 12.7s" || line.hasPrefix("32 s  7 users  2.2 req/s  71 requests  5 failures  p95 1"))
        #expect(progress.text(run, now: Timestamp(nanoseconds: 1_033_750_000_000)).contains("0.0 req/s"))
    }
}
