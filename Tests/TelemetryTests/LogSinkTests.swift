import Base
import Foundation
import Testing

@testable import Telemetry

@Suite struct LogSinkTests {
    private func temporaryDirectory() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("log-sink-\(UUID().uuidString)").path
    }

    @Test func `writes one file per service at the end of the turn`() throws {
        let directory = temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let before = try loop.run { () async throws -> Bool in
            let sink = LogSink(loop: loop, destination: .directory(directory))
            sink.write("one", service: "ads")
            sink.write("two", service: "store/web")
            sink.write("three", service: "ads")
            let isEmpty = FileManager.default.contents(atPath: directory + "/ads.log")?.isEmpty == true
            try await loop.sleep(for: .milliseconds(1))
            #expect(sink.errorCount == 0)
            return isEmpty
        }
        #expect(before)
        #expect(try String(contentsOfFile: directory + "/ads.log", encoding: .utf8) == "one\nthree\n")
        #expect(try String(contentsOfFile: directory + "/store_web.log", encoding: .utf8) == "two\n")
    }

    @Test func `a directory that cannot be written is counted and nothing else`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let errors = try loop.run { () async throws -> Int in
            let sink = LogSink(loop: loop, destination: .directory("/proc/no-such-place"))
            sink.write("lost", service: "ads")
            try await loop.sleep(for: .milliseconds(1))
            return sink.errorCount
        }
        #expect(errors == 1)
    }

    @Test func `a reader that takes nothing never blocks and is bounded`() throws {
        let directory = temporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        mkfifo(directory + "/ads.log", 0o600)
        let reader = open(directory + "/ads.log", O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let dropped = try loop.run { () async throws -> Int in
            let sink = LogSink(loop: loop, destination: .directory(directory))
            let line = String(repeating: "x", count: 9_999)
            for _ in 0..<200 {
                sink.write(line, service: "ads")
                try await loop.sleep(for: .milliseconds(1))
            }
            return sink.droppedLines
        }
        // A pipe holds 64 KiB and the buffer 1 MiB; of 2 MB the rest must be counted.
        #expect((80...100).contains(dropped))
    }
}
