import Base

/// Reads files with objectives: Reliably's manifest (`reliably.com/v1`) and OpenSLO v1, also mixed in one stream of YAML documents.
public enum Manifest {
    /// - Throws: All mistakes at once, with their places.
    public static func read(_ files: [(name: String, text: [UInt8])]) throws(Problems) -> [Objective] {
        let mistakes = Mistakes()
        var documents: [JSONNode] = []
        for file in files {
            do { documents += try YAMLReader.documents(file.text, file: file.name) } catch { mistakes.list.append(error) }
        }
        var openSLO: [JSONNode] = []
        var objectives: [Objective] = []
        for document in documents {
            switch document["apiVersion"]?.string {
            case "reliably.com/v1"?: if let objective = ReliablyReader(document, mistakes).objective() { objectives.append(objective) }
            case "openslo/v1"?: openSLO.append(document)
            case let version?:
                mistakes.add(
                    "\"apiVersion\" is \"\(version)\"" + suggestion(for: version, among: ["openslo/v1", "reliably.com/v1"]), at: document["apiVersion"]!.location, "/apiVersion")
            case nil where document["services"] != nil:
                mistakes.add("this manifest has the format of Reliably's first releases; make a new one with: shophost slo init", at: document.location, "")
            case nil: mistakes.add("\"apiVersion\" is missing: reliably.com/v1 or openslo/v1", at: document.location, "")
            }
        }
        objectives += OpenSLOReader(openSLO, mistakes).objectives()
        if !mistakes.list.isEmpty { throw Problems(mistakes.list) }
        return objectives
    }
}

extension Manifest {
    /// A length of time in the manifest's own spelling (`5m0s`), from any that is understood; nil for anything else.
    public static func window(_ text: String) -> String? { WindowText.parse(text).map(WindowText.go) }
}

/// All mistakes of some files.
final class Mistakes {
    var list: [Problem] = []

    func add(_ message: String, at location: SourceLocation, _ pointer: String) { list.append(Problem(message, at: location, pointer: pointer)) }

    /// The text of a member that must be there.
    func text(_ name: String, in node: JSONNode?, of parent: JSONNode, _ pointer: String) -> String? {
        guard let found = node?[name], !found.isNull else {
            add("\"\(name)\" is missing", at: node?.location ?? parent.location, pointer)
            return nil
        }
        if let text = found.string { return text }
        if case .int(let number) = found.content { return String(number) }
        add("\"\(name)\" must be text, not \(found.kindName)", at: found.location, pointer + "/" + name)
        return nil
    }

    func number(_ name: String, in node: JSONNode?, of parent: JSONNode, _ pointer: String) -> Double? {
        guard let found = node?[name], !found.isNull else {
            add("\"\(name)\" is missing", at: node?.location ?? parent.location, pointer)
            return nil
        }
        if let number = found.value.number { return number }
        add("\"\(name)\" must be a number, not \(found.kindName)", at: found.location, pointer + "/" + name)
        return nil
    }

    func window(_ name: String, in node: JSONNode?, of parent: JSONNode, _ pointer: String) -> Duration? {
        guard let text = text(name, in: node, of: parent, pointer) else { return nil }
        if let window = WindowText.parse(text) { return window }
        add("\"\(name)\" is \"\(text)\", which is no length of time such as 5m0s, 1h or 30d", at: node![name]!.location, pointer + "/" + name)
        return nil
    }
}
