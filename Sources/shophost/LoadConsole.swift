import Base
import Foundation
import Load
import Synchronization

/// What a run of load shows and writes while it goes on and at its end.
final class LoadConsole: Sendable {
    private struct State {
        var progress = ProgressLine()
        var history: LocustCSV
        var hasHistory = false
        var csv: HeyCSV?
    }

    private let options: LoadOptions
    private let title: String
    private let state: Mutex<State>
    private let showsProgress = isatty(STDERR_FILENO) != 0

    init(_ options: LoadOptions, title: String) {
        self.options = options
        self.title = title
        state = Mutex(State(history: LocustCSV(writesAllEntries: options.writesFullHistory)))
        if showsProgress { Terminal.complain("load on \(title); Ctrl-C ends it\n") }
        if options.report == .csv { Terminal.print(HeyCSV.header) }
    }

    /// Only for reports that need every request.
    var onSample: (@Sendable (Sample) -> Void)? {
        guard options.report == .csv else { return nil }
        return { [self] sample in
            let line = state.withLock { state in
                // The first request leaves when the run begins.
                let csv = state.csv ?? HeyCSV(started: sample.start)
                state.csv = csv
                return csv.line(sample)
            }
            if let line { Terminal.print(line) }
        }
    }

    /// To be called every second.
    func second(_ run: RunStatistics) {
        if showsProgress {
            let line = state.withLock { $0.progress.text(run, now: run.lastEnd ?? run.started) }
            Terminal.complain("\r\u{1b}[K\(line)")
        }
        if options.csvPrefix != nil { try? writeFiles(run) }
    }

    // MARK: Files

    private func writeFiles(_ run: RunStatistics) throws {
        guard let prefix = options.csvPrefix else { return }
        try write(LocustCSV.statistics(run), to: prefix + "_stats.csv")
        try write(LocustCSV.failures(run), to: prefix + "_failures.csv")
        try write(LocustCSV.exceptions, to: prefix + "_exceptions.csv")
        let path = prefix + "_stats_history.csv"
        let (rows, isFirst) = state.withLock { state in
            let isFirst = !state.hasHistory
            state.hasHistory = true
            return (state.history.history(run, now: run.lastEnd ?? run.started), isFirst)
        }
        if isFirst { try write(LocustCSV.historyHeader, to: path) }
        guard let file = FileHandle(forWritingAtPath: path) else { throw SystemError(call: "writing \(path)") }
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(rows.utf8))
    }

    private func write(_ text: String, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else { throw SystemError(call: "writing \(path)") }
    }

    // MARK: The end

    /// Prints the report.
    ///
    /// - Returns: The exit status.
    func finish(_ run: RunStatistics) throws -> Int32 {
        if showsProgress { Terminal.complain("\r\u{1b}[K") }
        try writeFiles(run)
        let thresholds = ThresholdReport(run.thresholdResults)
        switch options.report {
        case .hey: Terminal.print(HeyReport(run).text + thresholds.text)
        case .locust: Terminal.print(LocustReport(run, nameWidth: Self.nameWidth).text + thresholds.text)
        case .json: Terminal.print(LoadJSON(run, title: title).value.json(.pretty))
        case .csv: break
        }
        if let rest = Self.rest(run) { Terminal.complain(rest) }
        if let complaint = thresholds.complaint {
            Terminal.complain("shophost: \(complaint)\n")
            return 99
        }
        return options.url == nil && run.failureCount > 0 ? options.failureStatus : 0
    }

    /// As Locust: 80 less than the terminal's width, at most 80; 80 without a terminal.
    private static var nameWidth: Int {
        var size = winsize()
        guard isatty(STDOUT_FILENO) != 0, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(8, min(Int(size.ws_col) - 80, 80))
    }

    private static func rest(_ run: RunStatistics) -> String? {
        var text = ""
        if run.unfinished > 0 {
            text += "\(run.unfinished) requests had no answer yet when the run ended; the oldest should have left \(seconds(run.oldestUnfinished)) s before\n"
        }
        if run.neverStarted > 0 { text += "\(run.neverStarted) tasks found no visitor free until the end: more of them with --max-users\n" }
        return text.isEmpty ? nil : text
    }

    private static func seconds(_ length: Duration) -> String { String(format: "%.1f", Double(length.nanoseconds) / 1e9) }
}
