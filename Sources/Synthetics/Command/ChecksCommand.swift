import Base
import HTTP

/// `synthetics-start checks`: finds checks, runs them, reports.
public struct ChecksCommand {
    private let options: CommandLineOptions
    private let environment: [String: String]
    private let workspace: any Workspace
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let output: any CommandOutput
    private let browsers: (any BrowserSource)?

    public init(
        _ options: CommandLineOptions, environment: [String: String], workspace: any Workspace, transport: any CheckTransport, loop: EventLoop,
        output: any CommandOutput, browsers: (any BrowserSource)? = nil
    ) {
        self.options = options
        self.environment = environment
        self.workspace = workspace
        self.transport = transport
        self.loop = loop
        self.output = output
        self.browsers = browsers
    }

    /// How the run ended.
    public struct Outcome: Sendable, Equatable {
        /// For the standard error stream.
        public var complaint: String
        /// 0 all blocking checks passed, 1 some failed, 2 could not run.
        public var status: Int32
    }

    /// Must run on the loop.
    public func run(random: inout SeededRandom) async -> Outcome {
        var settings = options.settings
        do throws(CommandError) {
            settings = try allSettings()
            let collector = CheckCollector(
                options: options, settings: settings, environment: environment, workspace: workspace, transport: transport, output: output)
            return try await run(try await collector.collect(), settings, random: &random)
        } catch {
            return failed(error, settings.policy)
        }
    }

    /// The configuration file, the environment and the command line, each stronger than the one before.
    private func allSettings() throws(CommandError) -> RunSettings {
        let fromEnvironment = EnvironmentSettings(environment)
        let named = options.configuration ?? fromEnvironment.configurationPath
        let path = named ?? ConfigurationFile.defaultPath
        var settings = RunSettings()
        if named != nil || workspace.exists(path) {
            let bytes: [UInt8]
            do { bytes = try workspace.read(path) } catch { throw CommandError("\(path) cannot be read: \(error)") }
            do { settings = try ConfigurationFile.read(bytes, file: path) } catch { throw .mistakes(error.list, in: "the configuration") }
        }
        return settings.replaced(by: fromEnvironment.settings).replaced(by: options.settings)
    }

    // MARK: Running

    private func run(
        _ collection: CheckCollector.Collection, _ settings: RunSettings, random: inout SeededRandom
    ) async throws(CommandError) -> Outcome {
        let console = ConsoleReport(usesColour: output.usesColour, policy: settings.policy)
        let announced = Runner.announced(collection.entries, library: collection.library, at: loop.now)
        if !options.printsJSON { output.write(announced.map(console.announcement).joined() + "\n") }
        if options.isDryRun {
            if !options.printsJSON { output.write(DryRunSummary(announced, settings).text) } else { output.write(DryRunSummary(announced, settings).json) }
            return Outcome(complaint: "", status: 0)
        }
        let start = loop.now
        let batch = Generator.uuid(using: &random)
        let runner = Runner(
            send: transport, loop: loop, sources: collection.sources, concurrency: settings.parallel ?? RunSettings.defaultParallel,
            timeLimit: settings.batchTimeout ?? RunSettings.defaultBatchTimeout, browsers: browsers)
        let printer = options.printsJSON ? nil : RunPrinter(announced, output: output, report: console, loop: loop)
        printer?.start()
        var pictures = ScreenshotKeeper(folder: options.screenshotFolder, workspace: workspace)
        let results = await runner.run(collection.entries, library: collection.library, random: &random) { index, result in
            pictures.keep(of: &result)
            printer?.finish(index, result)
        }
        printer?.stop()
        var report = RunReport(pack: collection.pack, results: results, duration: loop.now - start, policy: settings.policy)
        report.name = options.runName
        report.batchID = batch
        report.parallelLimit = settings.parallel
        output.write(options.printsJSON ? JSONReport.document(report).json(.pretty) : console.summary(report))
        var outcome = finished(report, settings)
        outcome.complaint += pictures.complaint
        return outcome
    }

    private func finished(_ report: RunReport, _ settings: RunSettings) -> Outcome {
        var outcome = Outcome(complaint: "", status: settings.policy.status(of: report))
        if let file = settings.jUnitReport { write(JUnitReport.xml(report), "JUnit", to: file, &outcome) }
        if let file = settings.jsonReport { write(JSONReport.file(report).json(.pretty), "JSON", to: file, &outcome) }
        if report.counts.timedOut > 0, !settings.policy.failsOnTimeout, !options.printsJSON {
            output.write(
                "\nBecause `failOnTimeout` is disabled, the command will succeed. Use `failOnTimeout: true` to make it fail instead.\n")
        }
        return outcome
    }

    /// A report that is not there must not look like a run that went well.
    private func write(_ text: String, _ kind: String, to file: String, _ outcome: inout Outcome) {
        do {
            try workspace.write(Array(text.utf8), to: file)
            if !options.printsJSON { output.write("\n✅ Created a \(kind) report at \(file)\n") }
        } catch {
            outcome.complaint += "\n❌ Couldn't write the \(kind) report to \(file):\n\(error)\n"
            if outcome.status == 0 { outcome.status = 2 }
        }
    }

    // MARK: What could not run

    private func failed(_ error: CommandError, _ policy: RunPolicy) -> Outcome {
        let isFailure = policy.failsOnCriticalErrors || policy.failsOnMissingTests && error.isAboutMissingTests
        let status: Int32 = isFailure ? 1 : 2
        guard options.printsJSON else {
            let lines = ["synthetics-start: \(error.message)"] + error.problems.map(\.description)
            return Outcome(complaint: lines.joined(separator: "\n") + "\n", status: status)
        }
        let problems = error.problems.map { problem -> Value in
            .object([
                "file": .string(problem.location.file), "line": .int(problem.location.line), "column": .int(problem.location.column),
                "pointer": .string(problem.pointer), "message": .string(problem.message),
            ])
        }
        output.write(Value.object(["error": .string(error.message), "problems": .list(problems)]).json(.pretty))
        return Outcome(complaint: "", status: status)
    }
}
