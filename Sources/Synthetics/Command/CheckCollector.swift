import Base
import HTTP

/// Finds the checks of a run: those of the running host, or files.
struct CheckCollector {
    let options: CommandLineOptions
    let settings: RunSettings
    let environment: [String: String]
    let workspace: any Workspace
    let transport: any CheckTransport
    let output: any CommandOutput

    /// What was found.
    struct Collection {
        /// Whose checks they are; nil for files.
        var pack: String?
        /// What is to run.
        var entries: [CheckEntry] = []
        /// Everything that was read: steps may play checks that are not selected.
        var library: [CheckEntry] = []
        var sources: VariableSources
    }

    func collect() async throws(CommandError) -> Collection {
        var collection = Collection(sources: VariableSources(overrides: options.variables, environment: environment))
        if let patterns = try await filePatterns() {
            collection.library = Self.linked(try readFiles(patterns))
            // Files of the user's own may name a running shop's URLs, and may as well do without.
            if let host = host(), let answer = try? await host.checks(ofShop: options.shop) { collection.sources.given = answer.variables }
        } else if let host = host() {
            let answer = try await host.checks(ofShop: options.shop)
            collection.sources.given = answer.variables
            collection.pack = answer.pack
            collection.library = Self.linked(try read(answer.files.map { ($0.name, $0.name, Array($0.text.utf8)) }))
            if !options.printsJSON { output.write("Checks of the running shop: \(answer.pack)\n\n") }
        }
        let selection = CheckSelection(settings, isFromFiles: collection.pack == nil)
        collection.entries = try selection.entries(of: collection.library)
        return collection
    }

    // MARK: Where to look

    /// Nil when the running host is to be asked.
    private func filePatterns() async throws(CommandError) -> [String]? {
        if let patterns = settings.files { return patterns }
        let names = settings.publicIDs != nil || settings.searches != nil
        if options.readsFiles { return names ? [] : [GlobPattern.checkFiles] }
        if host() != nil { return nil }
        // Ids alone need no files; each is then reported as missing.
        if settings.publicIDs != nil { return [] }
        if !workspace.files(matching: GlobPattern(GlobPattern.checkFiles)).isEmpty { return [GlobPattern.checkFiles] }
        let places = ControlFile.candidates(environment).joined(separator: " and ")
        throw .nothingToRun(
            "no running host found (looked for \(places.isEmpty ? "a control file, but HOME is not set" : places)), and no *.synthetics.json below this folder\n"
                + "Start one with: \(CommandError.startCommand)\nor name check files: synthetics-start checks --files '**/*.synthetics.json'")
    }

    private func host() -> RunningHost? {
        for path in ControlFile.candidates(environment) {
            if let bytes = try? workspace.read(path), let file = ControlFile(bytes) {
                return RunningHost(file: file, path: path, transport: transport)
            }
        }
        return nil
    }

    // MARK: Files

    private func readFiles(_ patterns: [String]) throws(CommandError) -> [CheckEntry] {
        var files: [(name: String, suite: String, bytes: [UInt8])] = []
        var seen: Set<String> = []
        for pattern in patterns {
            say("Finding files matching \(pattern.hasPrefix("/") ? "" : workspace.folder + "/")\(pattern)\n")
            let paths = workspace.exists(pattern) ? [pattern] : workspace.files(matching: GlobPattern(pattern))
            if paths.isEmpty {
                throw .nothingToRun(Self.nothingFound(pattern, in: workspace.folder))
            }
            for path in paths where seen.insert(path).inserted {
                do { files.append((path, workspace.suite(of: path), try workspace.read(path))) } catch {
                    throw CommandError("\(path) cannot be read: \(error)")
                }
            }
        }
        if !files.isEmpty { say("\nGot test files:\n\(files.map { "  - \($0.name)\n" }.joined())\n") }
        return try read(files)
    }

    private static func nothingFound(_ pattern: String, in folder: String) -> String {
        if pattern == GlobPattern.checkFiles { return "no test files found: there is no *.synthetics.json below \(folder)" }
        let isPattern = pattern.contains { "*?{!".contains($0) }
        return isPattern ? "no file matches \(pattern); quote the pattern so that the shell leaves it alone" : "there is no file \(pattern)"
    }

    private func say(_ text: String) { if !options.printsJSON { output.write(text) } }

    private func read(_ files: [(name: String, suite: String, bytes: [UInt8])]) throws(CommandError) -> [CheckEntry] {
        var entries: [CheckEntry] = []
        var problems: [Problem] = []
        for file in files {
            do {
                for var entry in try CheckFile.read(file.bytes, file: file.name, defaults: settings.overrides) {
                    entry.suite = file.suite
                    entries.append(entry)
                }
            } catch { problems += error.list }
        }
        if !problems.isEmpty { throw .mistakes(problems, in: "the check files") }
        return entries
    }

    /// Puts definitions in the place of entries that name only their ids; such a definition then does not run a second time by itself.
    static func linked(_ entries: [CheckEntry]) -> [CheckEntry] {
        let definitions = SubtestLibrary(entries).checks
        var named: Set<String> = []
        let linked = entries.map { entry -> CheckEntry in
            guard case .unavailable(let test) = entry, test.isMissing, let id = test.publicID, var check = definitions[id] else { return entry }
            named.insert(id)
            check.overrideCount = 0
            test.overrides.apply(to: &check)
            check.suite = entry.suite
            return .check(check)
        }
        return zip(entries, linked).compactMap { original, entry in
            if case .check(let check) = original, let id = check.publicID, named.contains(id) { nil } else { entry }
        }
    }
}
