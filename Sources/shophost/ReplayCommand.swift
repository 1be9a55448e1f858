import Base
import Foundation
import HTTP
import Load

/// `shophost replay`: sends recorded traffic to a shop.
enum ReplayCommand {
    /// 0 without failures, 1 with, 2 when the target does not listen, 65 when the recordings hold no request.
    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let arguments = try ReplayArguments(&arguments)
        let loop = try EventLoop()
        if arguments.isDryRun { return try loop.run { try await dryRun(arguments) } }
        let stop = StopSignal(on: loop)
        return try loop.run { try await replay(arguments, on: loop, until: stop) }
    }

    private static func dryRun(_ arguments: ReplayArguments) async throws -> Int32 {
        var records = 0
        for input in arguments.inputs {
            let run = try await ReplayDryRun.read(input.source, speed: input.speed, longestWait: arguments.options.longestWait)
            complain(run.problems, run.problems.count)
            records += run.records
            Terminal.print(run.text(files: arguments.files))
        }
        return records > 0 ? 0 : 65
    }

    private static func replay(_ arguments: ReplayArguments, on loop: EventLoop, until stop: StopSignal) async throws -> Int32 {
        let client = Client(loop: loop)
        defer { client.close() }
        let replayer = Replayer(arguments.options, transport: client, loop: loop)
        let (target, inputs, waitLimit) = (arguments.options.target, arguments.inputs, arguments.waitLimit)
        let work = Task(executorPreference: loop) { () async throws -> ReplayReport? in
            guard try await PortWait.wait(for: target, limit: waitLimit, on: loop) else { return nil }
            let progress = isatty(STDERR_FILENO) == 1 ? ReplayProgress(replayer, on: loop) : nil
            defer { progress?.end() }
            return try await replayer.run(inputs)
        }
        let watch = Task(executorPreference: loop) {
            await stop.wait()
            // While it waits for the port there is nothing to stop but the waiting.
            await replayer.stop()
            work.cancel()
        }
        defer { watch.cancel() }
        do {
            guard let report = try await work.value else {
                Terminal.complain("shophost: nobody listens on \(target.host):\(target.port) after \(waitLimit.brief); start the shop, or wait longer with --wait\n")
                return 2
            }
            return finish(report, asJSON: arguments.printsJSON)
        } catch is CancellationError {
            return finish(await replayer.report(), asJSON: arguments.printsJSON)
        }
    }

    private static func finish(_ report: ReplayReport, asJSON: Bool) -> Int32 {
        if !asJSON { complain(report.problems, report.problemCount) }
        Terminal.print(asJSON ? report.value.json(.pretty) : report.text)
        if report.failures > 0 { return 1 }
        return report.recordedRequests == 0 && report.problemCount > 0 ? 65 : 0
    }

    private static let shownProblems = 20

    private static func complain(_ problems: [RecordingProblem], _ count: Int) {
        for problem in problems.prefix(shownProblems) { Terminal.complain("\(problem)\n") }
        if count > shownProblems { Terminal.complain("... and \(count - shownProblems) more such places\n") }
    }
}

/// A line on the terminal that says how far a replay is.
private struct ReplayProgress: Sendable {
    private let task: Task<Void, Never>

    init(_ replayer: Replayer, on loop: EventLoop) {
        let begin = loop.now
        task = Task(executorPreference: loop) {
            while !Task.isCancelled {
                let (requests, failures) = await replayer.progress
                Terminal.complain("\r\u{1b}[K\(requests) requests, \(failures) failures, \((loop.now - begin).brief)")
                do { try await loop.sleep(for: .seconds(1)) } catch { break }
            }
        }
    }

    func end() {
        task.cancel()
        Terminal.complain("\r\u{1b}[K")
    }
}
