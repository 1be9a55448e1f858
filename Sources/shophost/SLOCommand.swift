import Base
import Foundation
import HTTP
import Host
import Objectives

/// `shophost slo`: service level objectives.
enum SLOCommand {
    private static let verbs = ["agent", "init", "report", "rules", "sync"]

    static func run(_ arguments: inout Arguments) throws -> Int32 {
        guard let verb = try arguments.takeOptionalWord() else { throw UsageError("slo needs one of \(verbs.joined(separator: ", "))") }
        switch verb {
        case "init": return try ObjectiveDialogue.run(&arguments)
        case "sync": return try sync(&arguments)
        case "agent": return try agent(&arguments)
        case "report": return try report(&arguments)
        case "rules": return try rules(&arguments)
        default: throw UsageError("there is no \"slo \(verb)\"" + suggestion(for: verb, among: verbs))
        }
    }

    private static func sync(_ arguments: inout Arguments) throws -> Int32 {
        let path = try arguments.takeOption("-m") ?? ObjectiveFiles.localManifest
        try arguments.end()
        let text = try ObjectiveFiles.read(path)
        _ = try Manifest.read([(path, text)])
        try ObjectiveFiles.keep(text)
        Terminal.complain("✓ Your manifest has been successfully synchronized\n")
        return 0
    }

    private static func rules(_ arguments: inout Arguments) throws -> Int32 {
        let files = try ObjectiveFiles(manifest: try arguments.takeOption("-m"))
        try arguments.end()
        let objectives = try Manifest.read(files.texts)
        let leftOut = PrometheusRules.leftOut(objectives)
        if leftOut.count == objectives.count { throw UsageError("no objective of \(files.origin) is written in PromQL") }
        for name in leftOut { Terminal.complain("left out, because its queries are not PromQL: \(name)\n") }
        Terminal.print(PrometheusRules.text(objectives))
        return 0
    }

    private static func report(_ arguments: inout Arguments) throws -> Int32 {
        let formats = try (try arguments.takeOption("-f") ?? "table").split(separator: ",").map { name in
            guard let format = ReportFormat(name: String(name)) else {
                throw UsageError("Format '\(name)' is not valid. Use one of the supported formats: \(ReportFormat.allCases.map(\.rawValue))")
            }
            return format
        }
        let outputs = try arguments.takeOption("-o")?.split(separator: ",").map(String.init)
        if let outputs, outputs.count != formats.count { throw UsageError("-f names \(formats.count) formats and -o \(outputs.count) files; they must be equally many") }
        let repeats = arguments.takeFlag("-w", "--watch")
        let checks = arguments.takeFlag("--check")
        let chosen = try ObjectiveChoice(&arguments)
        let session = try ObjectiveSession(&arguments)
        try arguments.end()
        let objectives = try chosen.among(session.objectives)
        return try session.run { measure in
            while true {
                let report = await measure(objectives)
                if repeats {
                    Terminal.print("\u{1b}[H\u{1b}[2JRefreshing SLO report every 3 seconds. Press CTRL+C to quit.\n")
                }
                for (index, format) in formats.enumerated() {
                    let text = format.write(report, usesColour: outputs == nil && Terminal.usesColour)
                    if let outputs { try ObjectiveFiles.write(text, to: outputs[index]) } else { Terminal.print(text) }
                }
                guard repeats else { return checks && !report.isMet ? 1 : 0 }
                try await session.loop.sleep(for: .seconds(3))
            }
        }
    }

    private static func agent(_ arguments: inout Arguments) throws -> Int32 {
        let seconds = try arguments.takeInteger("-i", in: 1...86_400) ?? 300
        let rounds = try arguments.takeInteger("--rounds", in: 1...1_000_000)
        let push = try arguments.takeOption("--push")
        let session = try ObjectiveSession(&arguments)
        try arguments.end()
        let objectives = try session.objectives
        if objectives.isEmpty { throw UsageError("no objectives found") }
        return try session.run { measure in
            var round = 0
            while true {
                let report = await measure(objectives)
                for result in report.results {
                    let percent = result.measurement.goodPercent.map { "\($0)" } ?? "no data"
                    Terminal.print("\(report.time.iso8601)  \(result.objective.key)  \(percent)\n")
                    if let push, let indicator = IndicatorEntity(result, at: report.time) { await session.push(indicator, to: push) }
                }
                round += 1
                if round == rounds { return 0 }
                try await session.loop.sleep(for: .seconds(seconds))
            }
        }
    }
}

/// Which objectives a report shows.
struct ObjectiveChoice {
    private let labels: [(String, String)]
    private let service: String?

    init(_ arguments: inout Arguments) throws {
        labels = try (try arguments.takeOption("-l")?.split(separator: ",").map(String.init) ?? []).map { pair in
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else { throw UsageError("selector string incorrectly delimited: -l needs LABEL=VALUE, not \"\(pair)\"") }
            return (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
        }
        service = try arguments.takeOption("--service")
    }

    func among(_ objectives: [Objective]) throws -> [Objective] {
        let chosen = objectives.filter { objective in
            (service == nil || objective.service == service) && labels.allSatisfy { label in objective.labels.contains { $0.name == label.0 && $0.value == label.1 } }
        }
        if chosen.isEmpty { throw UsageError("no objectives found" + (service.map { suggestion(for: $0, among: objectives.map(\.service)) } ?? "")) }
        return chosen
    }
}
