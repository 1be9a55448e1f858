import Base
import Foundation
import Load

/// The command line of `shophost replay`: GoReplay's options under their names, and plain ones.
struct ReplayArguments {
    var options: ReplayOptions
    var inputs: [ReplayInput]
    var files = 0
    var waitLimit = Duration.seconds(60)
    var printsJSON: Bool
    var isDryRun: Bool

    init(_ arguments: inout Arguments) throws {
        printsJSON = arguments.takeFlag("--json")
        isDryRun = arguments.takeFlag("--dry-run", "--input-file-dry-run")
        waitLimit = try Self.duration("--wait", &arguments) ?? waitLimit
        let output = try arguments.takeOption("--output-http")
        let speed = try Self.speed(&arguments)
        let depth = try arguments.takeInteger("--input-file-read-depth", in: 1...100_000) ?? 100
        var options = ReplayOptions(target: Target(host: "127.0.0.1", port: 1))
        try Self.takePace(&options, &arguments)
        try Self.takeSending(&options, &arguments)
        try Self.takeMeaning(&options, &arguments)
        var patterns = try arguments.takeOptions("--input-file")
        var targets: [String] = []
        while let word = try arguments.takeOptionalWord() { if word.contains("://") { targets.append(word) } else { patterns.append(word) } }
        guard !patterns.isEmpty else { throw UsageError("which recording? For example: shophost replay requests_0.gor http://127.0.0.1:3000") }
        inputs = []
        for (pattern, limit) in try patterns.map(Self.pattern) {
            let source = try Self.source(pattern, depth: depth)
            files += source.paths.count
            var input = ReplayInput(source, speed: speed ?? 1)
            switch limit {
            case .percent(let percent)?: input.speed = speed == nil ? Double(percent) / 100 : input.speed
            case .perSecond(let number)?: input.perSecond = number
            case nil: break
            }
            if case .some(.none) = speed { input.speed = nil }
            inputs.append(input)
        }
        self.options = options
        guard !isDryRun else { return }
        if let output { targets.append(output) }
        guard targets.count <= 1 else { throw UsageError("one target at a time, not \(targets.joined(separator: " and "))") }
        try setTarget(targets.first)
    }

    // MARK: Parts

    private static func takePace(_ options: inout ReplayOptions, _ arguments: inout Arguments) throws {
        if arguments.takeFlag("--input-file-loop") { options.passes = nil }
        if let text = try arguments.takeOption("--loop") {
            guard text == "forever" || (Int(text) ?? 0) > 0 else { throw UsageError("--loop needs a number of passes or \"forever\", not \"\(text)\"") }
            options.passes = Int(text)
        }
        options.duration = try duration("--exit-after", &arguments) ?? duration("--for", &arguments)
        options.longestWait = try duration("--input-file-max-wait", &arguments) ?? duration("--max-wait", &arguments)
    }

    private static func takeSending(_ options: inout ReplayOptions, _ arguments: inout Arguments) throws {
        options.timeout = try duration("--output-http-timeout", &arguments) ?? duration("--timeout", &arguments) ?? options.timeout
        options.redirectLimit = try arguments.takeInteger("--output-http-redirects", in: 0...50) ?? 0
        options.verifiesCertificate = !arguments.takeFlag("--output-http-skip-verify")
        // 0 means no limit, as in the original.
        if let workers = try arguments.takeInteger("--output-http-workers", in: 0...100_000) { options.inFlightLimit = workers == 0 ? .max : workers }
        options.keepsHost = arguments.takeFlag("--http-original-host")
        options.seed = UInt64(try arguments.takeInteger("--seed", in: 0...Int.max) ?? 1)
        for name in TrafficFilter.optionNames {
            for value in try arguments.takeOptions("--" + name) {
                do { try options.filter.add(name, value) } catch { throw UsageError(error.description) }
            }
        }
    }

    private static func takeMeaning(_ options: inout ReplayOptions, _ arguments: inout Arguments) throws {
        options.comparison = try arguments.takeChoice("--compare", ComparisonLevel.self) ?? .meaning
        options.mapsValues = !arguments.takeFlag("--recorded-tokens")
        guard let text = try arguments.takeOption("--session") else { return }
        guard let rule = SessionRule(text) else { throw UsageError("--session needs auto, none, connection, cookie:NAME or header:NAME, not \"\(text)\"") }
        options.sessions = rule
    }

    private static func duration(_ name: String, _ arguments: inout Arguments) throws -> Duration? {
        guard let text = try arguments.takeOption(name) else { return nil }
        guard let duration = Duration(text: text), duration > .zero else { throw UsageError("\(name) needs a time such as 30s, 500ms or 1h30m, not \"\(text)\"") }
        return duration
    }

    /// Outer nil: not given. Inner nil: as fast as possible.
    private static func speed(_ arguments: inout Arguments) throws -> Double?? {
        guard let text = try arguments.takeOption("--speed") else { return nil }
        if text == "max" { return .some(nil) }
        let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text.hasSuffix("x") ? String(text.dropLast()) : text)
        guard let number, number >= 0.001, number <= 1_000_000 else { throw UsageError("--speed needs a factor such as 2, 0.5 or 200%, or \"max\", not \"\(text)\"") }
        return number
    }

    private static func pattern(_ text: String) throws -> (String, TrafficLimit?) {
        guard let parts = TrafficLimit.split(text) else { throw UsageError("behind the | of \"\(text)\" stands a speed such as 200% or a number of requests a second") }
        return parts
    }

    private static func source(_ pattern: String, depth: Int) throws -> RecordingFilesSource {
        do { return try RecordingFilesSource(patterns: [pattern], depth: depth) } catch { throw UsageError("\(error)") }
    }

    // MARK: Target

    /// The one given, `FRONTEND_HOST` and `FRONTEND_PORT`, or the entry service of the running host.
    private mutating func setTarget(_ text: String?) throws {
        guard let text = try text ?? Self.environmentTarget() ?? Self.hostTarget() else {
            throw UsageError("where to? Name a target, for example http://127.0.0.1:3000, or set FRONTEND_HOST and FRONTEND_PORT, or start a shop")
        }
        guard let (url, limit) = TrafficLimit.split(text), let target = Target(url) else { throw UsageError("\"\(text)\" is no target; use for example http://127.0.0.1:3000") }
        options.target = target
        options.targetLimit = limit
    }

    /// As the workshop's traffic-replay container is told.
    private static func environmentTarget() throws -> String? {
        let environment = ProcessInfo.processInfo.environment
        guard let host = environment["FRONTEND_HOST"], !host.isEmpty else { return nil }
        let port = environment["FRONTEND_PORT"].flatMap { $0.isEmpty ? nil : $0 } ?? "3000"
        guard let number = Int(port), (1...65_535).contains(number) else { throw UsageError("FRONTEND_PORT is \"\(port)\", which is no port") }
        return "http://\(host):\(number)"
    }

    private static func hostTarget() -> String? {
        guard let status = try? ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/status", body: nil)), let shop = status["shops"]?["0"] else { return nil }
        return shop["services"]?.elements?.first { $0["name"] == shop["entry"] }?["url"]?.text
    }
}
