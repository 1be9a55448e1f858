import Base
import HTTP
import Packs
import Templates

/// A pack's views, parsed once. Deployments may put other files in the place of some.
public struct ViewStore {
    private let parsed: [String: Template]
    private let files: PackFiles
    /// Views that a learner has deployed, by name.
    private var edited: [String: Template] = [:]
    private var sets: [[String: String]: TemplateSet] = [:]

    /// - Throws: Every mistake in every view.
    public init(_ files: PackFiles) throws(Problems) {
        self.files = files
        var parsed: [String: Template] = [:]
        var problems: [Problem] = []
        for path in files.paths(under: "views", suffix: ".mustache") {
            do {
                parsed[Self.name(path)] = try Template.parse(files.contents[path]!, file: files.displayPath(path))
            } catch {
                problems.append(error)
            }
        }
        if !problems.isEmpty { throw Problems(problems) }
        self.parsed = parsed.mapValues { $0 }
    }

    /// The views of a pack that was read again, with what a learner has deployed over the views before.
    init(_ files: PackFiles, keepingEditsOf previous: ViewStore) throws(Problems) {
        try self.init(files)
        edited = previous.edited.filter { parsed[$0.key] != nil }
    }

    static func name(_ path: String) -> String { String(path.dropFirst("views/".count).dropLast(".mustache".count)) }

    /// The views as a deployment sees them. A replaced view keeps the name, and in messages the file, of the one it replaces.
    mutating func set(for replacements: [String: String]) throws(Problem) -> TemplateSet {
        if let set = sets[replacements] { return set }
        var views: [String: Template] = [:]
        for name in parsed.keys { views[name] = try template(name, from: name) }
        for (name, source) in replacements { views[name] = try template(name, from: source) }
        for (name, template) in edited { views[name] = template }
        let set = TemplateSet(views)
        sets[replacements] = set
        return set
    }

    private func template(_ name: String, from source: String) throws(Problem) -> Template {
        try Template.parse(files.contents["views/\(source).mustache"] ?? [], file: "views/\(name).mustache")
    }

    /// Puts a learner's version in the place of a view.
    public mutating func deploy(_ text: [UInt8], as name: String) throws(Problem) {
        edited[name] = try Template.parse(text, file: "views/\(name).mustache")
        sets = [:]
    }

    public mutating func discardEdits() {
        edited = [:]
        sets = [:]
    }

    /// The text of a view as a deployment sees it; nil when there is no such view.
    mutating func source(_ name: String, replacements: [String: String]) -> String? {
        (try? set(for: replacements))?[name].map { template in
            let text = template.lines.joined(separator: "\n")
            return text.hasSuffix("\n") ? text : text + "\n"
        }
    }

    /// Names of the views that a learner has deployed.
    var editedNames: Set<String> { Set(edited.keys) }

    public var names: [String] { parsed.keys.sorted() }
}

extension Exchange {
    /// Renders a view with the service's replacements.
    ///
    /// - Parameter partials: Spans for the view's partials; nil records none.
    /// - Throws: `TemplateError` naming the view's file and line.
    public func render(_ view: String, _ model: Value, partials: PartialSpans? = nil) throws -> [UInt8] {
        let set = try shop.views.set(for: deployment.compiled.views)
        let observer = shop.isRecording ? partials.map { PartialRecorder(self, $0) } : nil
        guard deployment.compiled.log.measuresRuntimes else { return try set.render(view, with: model, observer: observer) }
        let start = world.now
        let page = try set.render(view, with: model, observer: observer)
        runtimes.views += world.now.nanoseconds - start.nanoseconds
        return page
    }
}
