import Base
import HTTP

/// `synthetics-start checks`: finds checks, runs them, reports.
public struct ChecksCommand {
    private let options: CommandLineOptions
    private let environment: [String: String]
    private let workspace: any Workspace
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let usesColour: Bool
    private let browsers: (any BrowserSource)?

    public init(
        _ options: CommandLineOptions, environment: [String: String], workspace: any Workspace, transport: any CheckTransport, loop: EventLoop,
        usesColour: Bool, browsers: (any BrowserSource)? = nil
    ) {
        self.options = options
        self.environment = environment
        self.workspace = workspace
        self.transport = transport
        self.loop = loop
        self.usesColour = usesColour
        self.browsers = browsers
    }

    /// What the process prints and returns.
    public struct Outcome: Sendable, Equatable {
        public var output: String
        /// For the standard error stream.
        public var complaint: String
        /// 0 all blocking checks passed, 1 some failed, 2 could not run.
        public var status: Int32
    }

    /// Must run on the loop.
    public func run(random: inout SeededRandom) async -> Outcome {
        do throws(CommandError) {
            let start = loop.now
            let (pack, entries, sources) = try await collect()
            let runner = Runner(send: transport, loop: loop, sources: sources, browsers: browsers)
            var results = await runner.run(try selected(entries), random: &random)
            for index in results.indices { try keepScreenshots(of: &results[index]) }
            let report = RunReport(pack: pack, results: results, duration: loop.now - start)
            if let file = options.junitFile { try write(JUnitReport.xml(report), to: file) }
            let output = options.printsJSON ? JSONReport.document(report).json(.pretty) : ConsoleReport(usesColour: usesColour).text(report)
            return Outcome(output: output, complaint: "", status: report.passed ? 0 : 1)
        } catch {
            return failed(error)
        }
    }

    private func failed(_ error: CommandError) -> Outcome {
        guard options.printsJSON else {
            let lines = ["synthetics-start: \(error.message)"] + error.problems.map(\.description)
            return Outcome(output: "", complaint: lines.joined(separator: "\n") + "\n", status: 2)
        }
        let problems = error.problems.map { problem -> Value in
            .object([
                "file": .string(problem.location.file), "line": .int(problem.location.line), "column": .int(problem.location.column),
                "pointer": .string(problem.pointer), "message": .string(problem.message),
            ])
        }
        return Outcome(output: Value.object(["error": .string(error.message), "problems": .list(problems)]).json(.pretty), complaint: "", status: 2)
    }

    // MARK: Finding checks

    private func collect() async throws(CommandError) -> (pack: String?, entries: [CheckEntry], sources: VariableSources) {
        var sources = VariableSources(overrides: options.variables, environment: environment)
        guard options.globs.isEmpty else {
            let entries = try read(try localFiles())
            // Files of the user's own may name a running shop's URLs, and may as well do without.
            if let host = host(), let answer = try? await host.checks(ofShop: options.shop) { sources.given = answer.variables }
            return (nil, entries, sources)
        }
        guard let host = host() else {
            let places = ControlFile.candidates(environment).joined(separator: " and ")
            throw CommandError(
                "no running host found (looked for \(places.isEmpty ? "a control file, but HOME is not set" : places))\n"
                    + "Start one with: \(CommandError.startCommand)\nor name check files: synthetics-start checks --files '**/*.synthetics.json'")
        }
        let answer = try await host.checks(ofShop: options.shop)
        sources.given = answer.variables
        return (answer.pack, try read(answer.files.map { ($0.name, Array($0.text.utf8)) }), sources)
    }

    private func host() -> RunningHost? {
        for path in ControlFile.candidates(environment) {
            if let bytes = try? workspace.read(path), let file = ControlFile(bytes) {
                return RunningHost(file: file, path: path, transport: transport)
            }
        }
        return nil
    }

    private func localFiles() throws(CommandError) -> [(name: String, bytes: [UInt8])] {
        var files: [(String, [UInt8])] = []
        var seen: Set<String> = []
        for glob in options.globs {
            let paths = workspace.exists(glob) ? [glob] : workspace.files(matching: GlobPattern(glob))
            if paths.isEmpty { throw CommandError("no file matches \(glob); quote the pattern so that the shell leaves it alone") }
            for path in paths where seen.insert(path).inserted {
                do { files.append((path, try workspace.read(path))) } catch { throw CommandError("\(path) cannot be read: \(error)") }
            }
        }
        return files
    }

    private func read(_ files: [(name: String, bytes: [UInt8])]) throws(CommandError) -> [CheckEntry] {
        var entries: [CheckEntry] = []
        var problems: [Problem] = []
        for file in files {
            do { entries += try CheckFile.read(file.bytes, file: file.name) } catch { problems += error.list }
        }
        guard problems.isEmpty else {
            throw CommandError(
                "\(problems.count == 1 ? "a mistake" : "\(problems.count) mistakes") in the check files; nothing was run", problems: problems)
        }
        return entries
    }

    private func selected(_ entries: [CheckEntry]) throws(CommandError) -> [CheckEntry] {
        guard !entries.isEmpty else { throw CommandError("there are no checks to run") }
        if options.tags.isEmpty { return entries }
        let chosen = entries.filter { entry in options.tags.contains { entry.tags.contains($0) } }
        guard chosen.isEmpty else { return chosen }
        let wanted = options.tags[0]
        throw CommandError("no check has the tag \"\(wanted)\"\(suggestion(for: wanted, among: Set(entries.flatMap(\.tags))))")
    }

    /// Writes the pictures of failed steps, each to a file named after its check.
    private func keepScreenshots(of result: inout CheckResult) throws(CommandError) {
        let device = result.browser?.device.id ?? ""
        for index in result.steps.indices {
            guard let bytes = result.steps[index].browser?.screenshot?.bytes else { continue }
            let file = "\(options.screenshotFolder)/\(Screenshot.fileName(result.name, device, step: index)).png"
            do { try workspace.write(bytes, to: file) } catch { throw CommandError("\(file) cannot be written: \(error)") }
            result.steps[index].browser?.screenshot?.file = file
        }
    }

    private func write(_ text: String, to file: String) throws(CommandError) {
        do { try workspace.write(Array(text.utf8), to: file) } catch { throw CommandError("\(file) cannot be written: \(error)") }
    }
}
