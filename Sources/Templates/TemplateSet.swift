import Base

/// The views of a shop, by the names with which they include each other: `shared/ad` for the file `shared/ad.mustache`.
public struct TemplateSet: Sendable {
    private let templates: [String: Template]

    public init(_ templates: [String: Template] = [:]) { self.templates = templates }

    /// Text of one view before it is parsed.
    public struct Source: Sendable {
        public var name: String
        /// As messages show it.
        public var file: String
        public var text: [UInt8]

        public init(name: String, file: String, text: [UInt8]) {
            self.name = name
            self.file = file
            self.text = text
        }
    }

    /// Parses views and checks that every partial that is named in one of them exists. A later source replaces an earlier one of the
    /// same name, so that a variant of a view is the same name again.
    ///
    /// - Throws: all mistakes of all views together.
    public init(sources: [Source]) throws(Problems) {
        var templates: [String: Template] = [:]
        var problems: [Problem] = []
        for source in sources {
            do throws(Problem) {
                templates[source.name] = try Template.parse(source.text, file: source.file)
            } catch {
                problems.append(error)
            }
        }
        self.init(templates)
        if problems.isEmpty { problems = missingPartials }
        if !problems.isEmpty { throw Problems(problems) }
    }

    public subscript(_ name: String) -> Template? { templates[name] }

    public var names: [String] { templates.keys.sorted() }

    /// Renders a view by its name.
    ///
    /// - Parameter observer: Is told of partials.
    /// - Throws: `TemplateError` with the place in the view; also when there is no view of this name, then at the view's line 0.
    public func render(_ name: String, with context: Value, observer: (any RenderObserver)? = nil) throws(TemplateError) -> [UInt8] {
        guard let template = self[name] else {
            let nowhere = SourceLocation(file: name, line: 0, column: 0)
            throw TemplateError(.missingPartial, name: name, at: nowhere, nearest: nearestName(to: name, among: names))
        }
        return try render(template, with: context, observer: observer)
    }

    /// Renders a template, which need not be in the set, with the set's partials.
    public func render(_ template: Template, with context: Value, observer: (any RenderObserver)? = nil) throws(TemplateError) -> [UInt8] {
        var renderer = TemplateRenderer(set: self, context: context, capacity: template.sourceLength * 4, observer: observer)
        try renderer.render(template.nodes)
        return renderer.out
    }

    /// The lines around the place of an error; empty when its file is not in this set.
    public func extract(around location: SourceLocation, context: Int = 3) -> [(number: Int, text: String)] {
        templates.values.first { $0.file == location.file }?.extract(around: location.line, context: context) ?? []
    }

    private var missingPartials: [Problem] {
        templates.sorted { $0.key < $1.key }.flatMap { _, template in
            template.partials.filter { templates[$0.text] == nil }.map {
                Problem("there is no view \"\($0.text)\"" + suggestion(for: $0.text, among: names), at: $0.location)
            }
        }
    }
}
