import Base

/// Reads `element` of a step: how it is found.
enum ElementReader {
    private static let names = ["multiLocator", "targetOuterHTML", "url", "userLocator"]
    /// Datadog's recorder writes absolute and relative paths; those by identity survive a change of the page best.
    private static let recordedOrder = ["ro", "at", "cl", "clt", "ab"]

    /// - Returns: Nil when it is absent or holds nothing to look for, which is noted.
    static func read(_ params: ObjectReader) -> ElementLocator? {
        guard let reader = params.object("element", what: "an element", names: names, unknown: .refusedWhenNear) else {
            if params["element"] == nil { params.missing("element") }
            return nil
        }
        let chosen = chosen(reader)
        let locator = ElementLocator(chosen, recorded: recorded(reader))
        if locator.chosen.isEmpty, locator.recorded.isEmpty, reader["userLocator"] == nil {
            reader.missing("userLocator", ": {\"values\": [{\"type\": \"css\", \"value\": \"#id\"}]} says where the element is")
            return nil
        }
        return locator
    }

    private static func chosen(_ reader: ObjectReader) -> [ElementLocator.Candidate] {
        let names = ["failTestOnCannotLocate", "values"]
        guard let locator = reader.object("userLocator", what: "\"userLocator\"", names: names, unknown: .refusedWhenNear) else { return [] }
        _ = locator.bool("failTestOnCannotLocate")
        let nodes = locator.list("values")
        if nodes.isEmpty, locator["values"] == nil || locator["values"]?.array != nil { locator.missing("values", ": at least one is needed") }
        return nodes.enumerated().compactMap { candidate($1, at: "\(locator.path("values"))/\($0)", mistakes: reader.mistakes) }
    }

    private static func candidate(_ node: JSONNode, at pointer: String, mistakes: MistakeList) -> ElementLocator.Candidate? {
        guard let reader = ObjectReader(node, at: pointer, what: "a locator", names: ["type", "value"], mistakes: mistakes) else { return nil }
        let value = reader.requiredString("value")
        if reader["type"] == nil { reader.missing("type", ": \"css\" or \"xpath\"") }
        return reader.choice("type", ElementLocator.Strategy.self).map { ElementLocator.Candidate($0, value) }
    }

    /// The XPath expressions among what was recorded; the rest are hints for Datadog's own search.
    private static func recorded(_ reader: ObjectReader) -> [ElementLocator.Candidate] {
        guard reader["userLocator"].map({ !mustBeFound($0) }) ?? true else { return [] }
        guard let members = reader["multiLocator"]?.members else { return [] }
        return recordedOrder.compactMap { name in
            guard let path = members.first(where: { $0.name == name })?.value.string, path.hasPrefix("/") else { return nil }
            return ElementLocator.Candidate(.xpath, path)
        }
    }

    private static func mustBeFound(_ userLocator: JSONNode) -> Bool {
        if case .bool(let flag)? = userLocator["failTestOnCannotLocate"]?.content { flag } else { false }
    }
}
