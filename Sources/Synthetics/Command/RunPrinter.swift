import Base

/// Prints results in the order of the checks, each as soon as all before it are there, and meanwhile whom the run waits for.
// @unchecked Sendable: touched only on the loop.
final class RunPrinter: @unchecked Sendable {
    private let output: any CommandOutput
    private let report: ConsoleReport
    private let loop: EventLoop
    private let labels: [String]
    private var results: [CheckResult?]
    private var waiting: Set<Int>
    /// Those whose announcement said already that they will not run.
    private let known: Set<Int>
    private var next = 0
    private var frame = 0
    private var timer: EventLoop.TimerID?

    /// - Parameter announced: The checks as they are before the run; those that will not run are not waited for.
    init(_ announced: [CheckResult], output: any CommandOutput, report: ConsoleReport, loop: EventLoop) {
        self.output = output
        self.report = report
        self.loop = loop
        labels = announced.map { $0.publicID ?? $0.name }
        results = Array(repeating: nil, count: announced.count)
        known = Set(announced.indices.filter { if case .skipped = announced[$0].status { true } else { false } })
        waiting = Set(announced.indices).subtracting(known)
    }

    func start() {
        if output.isTerminal { spin() } else if !waiting.isEmpty { output.write("- \(line)\n\n") }
    }

    func finish(_ index: Int, _ result: CheckResult) {
        results[index] = result
        waiting.remove(index)
        var text = ""
        while next < results.count, let result = results[next] {
            // A check may turn out to have nothing to run in: there is no browser.
            if case .skipped = result.status, !known.contains(next) { text += report.announcement(result) + "\n" } else { text += report.text(result) }
            next += 1
        }
        if text.isEmpty { return }
        output.show(nil)
        output.write(text)
        if timer != nil { showLine() }
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
        output.show(nil)
    }

    // MARK: Waiting

    /// Ids that are shown; more are a sign. Tests without one are shown by their names, which soon fill a line.
    private static let shownLimit = 10
    private static let shownCharacters = 100

    private var line: String {
        if waiting.isEmpty { return "Waiting for the batch to end…" }
        var shown: [String] = []
        for label in waiting.sorted().prefix(Self.shownLimit).map({ labels[$0] }) {
            if !shown.isEmpty, shown.reduce(label.count, { $0 + $1.count }) > Self.shownCharacters { break }
            shown.append(label)
        }
        if shown.count < waiting.count { shown.append("…") }
        return "Waiting for \(ConsoleReport.counted(waiting.count, "test")) (\(shown.joined(separator: ", ")))…"
    }

    private static let frames = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    private static let frameTime = Duration.milliseconds(80)

    private func spin() {
        showLine()
        frame += 1
        timer = loop.schedule(after: Self.frameTime) { [weak self] in self?.spin() }
    }

    private func showLine() { output.show("\(Self.frames[frame % Self.frames.count]) \(line)") }
}
