import Base

/// The program `chromedriver` while it runs, on a port that it chose itself.
// @unchecked Sendable: touched only on the loop.
final class ChromeDriver: @unchecked Sendable {
    private let loop: EventLoop
    private let folder: TemporaryFolder
    private var process: ChildProcess?
    /// What was printed so far, until the port is known.
    private var printed: [UInt8] = []
    /// How the start went; may be known before anybody waits for it.
    private var outcome: Result<Int, BrowserProblem>?
    private var waiting: CheckedContinuation<Void, Never>?
    /// Processes that were started by or for the driver; those that left its group are in no other list.
    private var started: Set<Int32> = []

    /// Longest time between start and the line with the port.
    private static let patience = Duration.seconds(30)

    /// - Throws: `SystemError` when the system gives no folder, pipe or process.
    init(_ programs: Programs, environment: [String: String], on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        ProcessTable.adoptOrphans()
        folder = try TemporaryFolder(in: environment["TMPDIR"] ?? "/tmp", prefix: "synthetics")
        var environment = environment
        // Profiles, crash reports and caches go where they are removed afterwards, not into the user's own.
        for name in ["TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] { environment[name] = folder.path }
        do {
            process = try ChildProcess([programs.driver, "--port=0"], environment: environment, on: loop) { [weak self] in self?.receive($0) }
        } catch {
            folder.delete()
            throw error
        }
    }

    // MARK: Starting

    /// The port on 127.0.0.1; to be called once, right after the start.
    func port() async throws(BrowserProblem) -> Int {
        let timer = loop.schedule(after: Self.patience) { [weak self] in self?.answer(.failure(.failed("chromedriver did not name its port in time"))) }
        defer { loop.cancel(timer) }
        while true {
            if let outcome { return try outcome.get() }
            // Suspending gives way to other work first: looked at again where nothing can come in between.
            await withCheckedContinuation { if outcome == nil { waiting = $0 } else { $0.resume() } }
        }
    }

    private func receive(_ bytes: [UInt8]) {
        guard outcome == nil else { return }
        printed.append(contentsOf: bytes)
        let text = String(decoding: printed, as: UTF8.self)
        if let port = Self.port(in: text) {
            answer(.success(port))
        } else if bytes.isEmpty {
            let words = text.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            answer(.failure(.failed("chromedriver ended before it was ready\(words)")))
        }
    }

    private func answer(_ result: Result<Int, BrowserProblem>) {
        guard outcome == nil else { return }
        outcome = result
        waiting.take()?.resume()
    }

    /// Out of `ChromeDriver was started successfully on port 45223.`; nil before that line.
    static func port(in text: String) -> Int? {
        guard let start = text.firstRange(of: "started successfully on port ")?.upperBound else { return nil }
        let digits = text[start...].prefix(while: \.isNumber)
        return text[digits.endIndex...].isEmpty ? nil : Int(digits)
    }

    // MARK: Ending

    /// Remembers which processes belong to the driver, to be called when it has started some.
    func noteProcesses() { started.formUnion(ProcessTable.naming(folder.path)) }

    private static let pause = Duration.milliseconds(5)
    private static let pauses = 1_000

    /// Kills the driver and its browsers and returns when nothing of them is left. Is not stopped by cancellation.
    func stop() async {
        guard let process else { return }
        self.process = nil
        noteProcesses()
        process.end()
        for number in started { ProcessTable.end(number) }
        for _ in 0..<Self.pauses {
            started = ProcessTable.reap(group: process.group, started)
            if started.isEmpty, !ProcessTable.isAnyLeft(inGroup: process.group) { break }
            await withCheckedContinuation { continuation in loop.schedule(after: Self.pause) { continuation.resume() } }
        }
        folder.delete()
    }
}
