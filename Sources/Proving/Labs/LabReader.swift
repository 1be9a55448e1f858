import Base
import Packs
import Query
import Synthetics

/// Reads the files in a pack's folder `labs`.
public struct LabReader {
    static let keys = ["$schema", "title", "description", "state", "steps"]
    static let stepKeys = ["title", "text", "commands", "observe", "verify"]
    static let verificationKeys = ["checks", "evidence", "absent", "withinSeconds"]
    static let seconds = 1...86_400

    private let states: [String]
    private let checks: [String]
    private let diagnostics = Diagnostics()

    /// The labs of a pack in the order of their names.
    ///
    /// - Throws: Every mistake in them.
    public static func labs(of pack: Pack) throws(Problems) -> [Lab] {
        let reader = LabReader(pack)
        let labs = pack.labs.map { reader.read($0.text, file: pack.files.displayPath($0.name)) }
        try reader.diagnostics.check()
        return labs
    }

    private init(_ pack: Pack) {
        states = pack.stateNames
        // A mistake in the checks is told elsewhere.
        checks = pack.checks.flatMap { (try? CheckFile.read($0.text, file: $0.name)) ?? [] }.map(\.name)
    }

    private func read(_ text: [UInt8], file: String) -> Lab {
        let name = file.split(separator: "/").last.map { String($0.dropLast(".json".count)) } ?? file
        var lab = Lab(name: name)
        let node: JSONNode
        do { node = try JSONNode.parse(text, file: file) } catch {
            diagnostics.report(error)
            return lab
        }
        _ = diagnostics.members(of: node, pointer: "", known: Self.keys)
        lab.title = diagnostics.string("title", in: node, pointer: "", required: true) ?? ""
        lab.description = diagnostics.string("description", in: node, pointer: "", required: true) ?? ""
        lab.state = diagnostics.string("state", in: node, pointer: "", required: true) ?? ""
        if !lab.state.isEmpty, !states.contains(lab.state) {
            diagnostics.report("the pack has no state \"\(lab.state)\"" + suggestion(for: lab.state, among: states), at: node["state"]!.location, pointer: "/state")
        }
        guard let list = diagnostics.value("steps", in: node, pointer: "", required: true) else { return lab }
        guard let elements = list.array, !elements.isEmpty else {
            diagnostics.report("a lab needs a list of steps", at: list.location, pointer: "/steps")
            return lab
        }
        lab.steps = elements.enumerated().map { step($1, pointer: "/steps/\($0)") }
        if lab.lastVerifiable == nil { diagnostics.report("no step can be verified: nobody would know when the lab is done", at: list.location, pointer: "/steps") }
        return lab
    }

    private func step(_ node: JSONNode, pointer: String) -> Lab.Step {
        _ = diagnostics.members(of: node, pointer: pointer, known: Self.stepKeys)
        var step = Lab.Step()
        step.title = diagnostics.string("title", in: node, pointer: pointer, required: true) ?? ""
        step.text = diagnostics.string("text", in: node, pointer: pointer, required: true) ?? ""
        step.commands = diagnostics.strings("commands", in: node, pointer: pointer)
        step.observe = diagnostics.string("observe", in: node, pointer: pointer) ?? ""
        step.verification = node["verify"].map { verification($0, pointer: pointer + "/verify") }
        return step
    }

    private func verification(_ node: JSONNode, pointer: String) -> Lab.Verification {
        _ = diagnostics.members(of: node, pointer: pointer, known: Self.verificationKeys)
        var verification = Lab.Verification()
        verification.checks = diagnostics.strings("checks", in: node, pointer: pointer)
        for (index, name) in verification.checks.enumerated() where !checks.contains(name) {
            diagnostics.report("no check is named \"\(name)\"" + suggestion(for: name, among: checks), at: node["checks"]!.location, pointer: "\(pointer)/checks/\(index)")
        }
        verification.evidence = queries("evidence", in: node, pointer: pointer)
        verification.absent = queries("absent", in: node, pointer: pointer)
        verification.withinSeconds = diagnostics.integer("withinSeconds", in: node, pointer: pointer, range: Self.seconds)
        if node.members != nil, verification.checks.isEmpty, verification.evidence.isEmpty, verification.absent.isEmpty {
            diagnostics.report("\"verify\" needs checks, evidence or absent", at: node.location, pointer: pointer)
        }
        return verification
    }

    private func queries(_ name: String, in node: JSONNode, pointer: String) -> [String] {
        let texts = diagnostics.strings(name, in: node, pointer: pointer)
        for (index, text) in texts.enumerated() {
            do throws(QueryError) { _ = try EvidenceQuery.parse(text) } catch {
                diagnostics.report("\"\(text)\" is not a query: \(error)", at: node[name]!.location, pointer: "\(pointer)/\(name)/\(index)")
            }
        }
        return texts
    }
}
