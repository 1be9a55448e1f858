import Base
import Foundation
import Objectives

/// `shophost slo init`: asks for an objective, or takes it from options, and adds it to a manifest.
enum ObjectiveDialogue {
    private static let windows = ["1 hour": "1h0m0s", "1 day": "24h0m0s", "1 week": "168h0m0s", "1 month": "720h0m0s"]

    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let path = try arguments.takeOption("-o") ?? ObjectiveFiles.localManifest
        let options = try ["--service", "--name", "--numerator", "--denominator", "--target", "--window"].map { try arguments.takeOption($0) }
        try arguments.end()
        let existing = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        if !existing.isEmpty { _ = try Manifest.read([(path, Array(existing.utf8))]) }
        let service = try options[0] ?? ask("What is the name of the service?")
        let numerator = try options[2] ?? ask("Paste your 'numerator' (good events) Datadog query:")
        let denominator = try options[3] ?? ask("Paste your 'denominator' (all events) Datadog query:")
        let target = try percent(options[4] ?? ask("What is your target for this SLO (in %)?"))
        let window = try window(options[5] ?? ask("What is your observation window? 1 hour, 1 day, 1 week, 1 month, or a length such as 5m0s"))
        let standard = "\(target.text)% of \(service) requests succeed over \(window)"
        let name = try options[1] ?? (options.contains { $0 != nil } ? standard : ask("What is the name of this SLO? [\(standard)]", standard: standard))
        let document = Value.object([
            "apiVersion": "reliably.com/v1", "kind": "Objective", "metadata": .object(["labels": .object(["name": .string(name), "service": .string(service)])]),
            "spec": .object([
                "indicatorSelector": .object(["datadog_numerator_query": .string(numerator), "datadog_denominator_query": .string(denominator)]),
                "objectivePercent": target.value, "window": .string(window),
            ]),
        ])
        let text = existing + (existing.isEmpty || existing.hasSuffix("\n") ? "" : "\n") + YAMLWriter.text([document])
        // What is written must be readable, so that no later command fails on it.
        _ = try Manifest.read([(path, Array(text.utf8))])
        try ObjectiveFiles.write(text, to: path)
        Terminal.print("SLO '\(name)' added to Service '\(service)'\n✓ Your manifest has been saved to \(path)\n")
        return 0
    }

    private static func ask(_ question: String, standard: String? = nil) throws -> String {
        Terminal.complain("? \(question) ")
        guard let line = readLine() else { throw UsageError("no answer to: \(question)") }
        let answer = line.trimmingCharacters(in: .whitespaces)
        if answer.isEmpty, let standard { return standard }
        guard !answer.isEmpty else { throw UsageError("no answer to: \(question)") }
        return answer
    }

    private static func percent(_ text: String) throws -> (text: String, value: Value) {
        let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
        if let number = Int(digits), (1...100).contains(number) { return (digits, .int(number)) }
        guard let number = Double(digits), number > 0, number <= 100 else { throw UsageError("a target is a percentage above 0 and at most 100, not \"\(text)\"") }
        return (digits, .double(number))
    }

    private static func window(_ text: String) throws -> String {
        if let known = windows[text] { return known }
        guard let window = Manifest.window(text) else { throw UsageError("\"\(text)\" is no length of time such as 5m0s, 1h, 30d or PT5M") }
        return window
    }
}
