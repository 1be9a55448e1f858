import Base
import Foundation
import Host
import HTTP
import Packs
import Proving
import Storefront
import Synthetics

/// `shophost lab`: the guided exercises of a pack.
enum LabCommand {
    private static let actions = ["list", "show", "verify"]

    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        let pack = try arguments.takeOption("--pack")
        let shop = try arguments.takeOption("--shop")
        let action = try arguments.takeWord("what to do: list, show or verify")
        guard actions.contains(action) else { throw UsageError("a lab can be asked to list, show or verify, not \"\(action)\"" + suggestion(for: action, among: actions)) }
        let name = action == "list" ? nil : try arguments.takeWord("the lab's name")
        let number = action == "verify" ? try arguments.takeOptionalWord() : nil
        try arguments.end()
        let labs = try labs(pack: pack, shop: shop)
        guard let name else {
            print(labs, asJSON: asJSON)
            return 0
        }
        guard let lab = labs.first(where: { $0.name == name || $0.name.hasPrefix(name + "-") }) else {
            throw UsageError("there is no lab \"\(name)\"" + suggestion(for: name, among: labs.map(\.name)))
        }
        if action == "show" {
            Terminal.print(asJSON ? value(lab).json(.pretty) : lab.text(marked: Terminal.bold))
            return 0
        }
        return try verify(lab, step: try step(number, of: lab), shop: shop, asJSON: asJSON)
    }

    /// Of a pack by name or folder, else of the running one.
    private static func labs(pack name: String?, shop: String?) throws -> [Lab] {
        if let name {
            return try LabReader.labs(of: try PackLoader.load(PackLibrary.files(ofPackOrFolder: name)))
        }
        let answer = try ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/submission" + query(shop), body: nil))
        guard let pack = answer["pack"]?.text, let shipped = answer["shipped"].flatMap({ PackFiles($0, origin: pack) }) ?? (try? PackLibrary.files(answer["pack"]?.text ?? "")) else {
            throw ControlClient.Failure(description: "the host does not tell its pack; name it: --pack NAME")
        }
        return try LabReader.labs(of: try PackLoader.load(shipped))
    }

    private static func query(_ shop: String?) -> String { shop.map { "?shop=\(PercentEncoding.encode($0))" } ?? "" }

    /// From 1; the last that can be verified without a number.
    private static func step(_ text: String?, of lab: Lab) throws -> Int {
        guard let text else { return lab.lastVerifiable ?? lab.steps.count }
        guard let number = Int(text), lab.steps.indices.contains(number - 1) else { throw UsageError("the lab has the steps 1 to \(lab.steps.count), not \"\(text)\"") }
        guard lab.steps[number - 1].verification != nil else {
            let others = lab.steps.indices.filter { lab.steps[$0].verification != nil }.map { String($0 + 1) }
            throw UsageError("step \(number) has nothing to verify; these have: \(others.joined(separator: ", "))")
        }
        return number
    }

    // MARK: Showing

    private static func print(_ labs: [Lab], asJSON: Bool) {
        if asJSON { return Terminal.print(Value.list(labs.map(value)).json(.pretty)) }
        if labs.isEmpty { return Terminal.print("the pack has no labs\n") }
        Terminal.print(Terminal.table(labs.map { [$0.name, $0.title] }))
        Terminal.print("\nRead one: shophost lab show \(labs[0].name)\n")
    }

    private static func value(_ lab: Lab) -> Value {
        .object([
            "name": .string(lab.name), "title": .string(lab.title), "description": .string(lab.description), "state": .string(lab.state),
            "steps": .list(
                lab.steps.map { step in
                    .object([
                        "title": .string(step.title), "text": .string(step.text), "commands": .list(step.commands.map { .string($0) }), "observe": .string(step.observe),
                        "verifiable": .bool(step.verification != nil),
                    ])
                }),
        ])
    }

    // MARK: Verifying

    private struct Finding {
        var text: String
        var isMet: Bool
        var reason = ""
    }

    /// 0 when the step is done, 1 when not.
    private static func verify(_ lab: Lab, step number: Int, shop: String?, asJSON: Bool) throws -> Int32 {
        let verification = lab.steps[number - 1].verification!
        // What was there before: checks leave traces of their own.
        var findings = try evidence(verification, shop: shop)
        findings += try checks(verification.checks, shop: shop)
        let isDone = findings.allSatisfy(\.isMet)
        if asJSON {
            let list = findings.map { Value.object(["what": .string($0.text), "met": .bool($0.isMet), "reason": .string($0.reason)]) }
            Terminal.print(Value.object(["lab": .string(lab.name), "step": .int(number), "done": .bool(isDone), "findings": .list(list)]).json(.pretty))
        } else {
            for finding in findings { Terminal.print("\(finding.isMet ? "met    " : "not met") \(finding.text)\(finding.reason.isEmpty ? "" : ": \(finding.reason)")\n") }
            Terminal.print("step \(number), \(lab.steps[number - 1].title): \(isDone ? "done" : "not done")\n")
        }
        return isDone ? 0 : 1
    }

    private static func evidence(_ verification: Lab.Verification, shop: String?) throws -> [Finding] {
        let queries = verification.evidence + verification.absent
        guard !queries.isEmpty else { return [] }
        var body: [(String, Value)] = [("queries", .list(queries.map { .string($0) }))]
        if let shop { body.append(("shop", .string(shop))) }
        if let seconds = verification.withinSeconds { body.append(("withinSeconds", .int(seconds))) }
        let counts = try ControlClient.send(ControlClient.Request(method: "POST", path: "/v1/evidence", body: .record(Record(body))))["counts"]?.elements?.compactMap(\.integer) ?? []
        guard counts.count == queries.count else { throw ControlClient.Failure(description: "the host answered with something else than counts; is it another version of shophost?") }
        return zip(queries, counts).enumerated().map { index, pair in
            let isWanted = index < verification.evidence.count
            let reason = isWanted ? (pair.1 > 0 ? "" : "nothing found") : (pair.1 > 0 ? "\(pair.1) found" : "")
            return Finding(text: (isWanted ? "" : "no ") + pair.0, isMet: (pair.1 > 0) == isWanted, reason: reason)
        }
    }

    private static func checks(_ names: [String], shop: String?) throws -> [Finding] {
        guard !names.isEmpty else { return [] }
        let answer = try ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/checks" + query(shop), body: nil))
        let library = try (answer["files"]?.elements ?? []).flatMap { try CheckFile.read(Array(($0["text"]?.text ?? "").utf8), file: $0["name"]?.text ?? "") }
        var variables: [String: String] = [:]
        if let given = answer["variables"]?.fields { for (name, value) in zip(given.layout.names, given.values) { variables[name] = value.text } }
        let loop = try EventLoop()
        let given = variables
        return try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            var random = SeededRandom(seed: World.real(loop: loop).seed)
            let runner = Runner(send: NetworkTransport(client), loop: loop, sources: VariableSources(given: given))
            let results = await runner.run(library.filter { names.contains($0.name) }, library: library, random: &random)
            return names.map { name in
                guard let result = results.first(where: { $0.name == name }) else { return Finding(text: name, isMet: false, reason: "the running shop has no such check") }
                return Finding(text: name, isMet: result.status == .passed, reason: result.status == .passed ? "" : "the check fails; see: synthetics-start checks")
            }
        }
    }
}
