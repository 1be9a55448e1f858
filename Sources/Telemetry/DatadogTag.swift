/// Tags as Datadog's agent makes them from names and values.
public enum DatadogTag {
    /// Longer values are cut.
    private static let limit = 200

    /// Lower case; what is no letter, digit or one of `_ - : . /` becomes `_`; runs of `_` are joined and one at the end is dropped.
    ///
    /// - Parameter isWhole: False for the beginning of a value, which may end in `_`.
    public static func normalized(_ value: some StringProtocol, isWhole: Bool = true) -> String {
        var out = ""
        for character in value.lowercased().prefix(limit) {
            let isAllowed = character.isLetter || character.isNumber || "-:./".contains(character)
            if isAllowed { out.append(character) } else if out.last != "_" { out.append("_") }
        }
        if isWhole, out.last == "_" { out.removeLast() }
        return out
    }

    /// The name of a tag for a metric's label: unified service tagging knows `service`, `version` and `env` only.
    public static func name(ofLabel name: String) -> String {
        switch name {
        case "service_name", "service.name": "service"
        case "service_version", "service.version": "version"
        case "deployment.environment.name", "deployment_environment_name": "env"
        default: name
        }
    }
}

extension LabelSet {
    /// Labels as Datadog's tags, without those that have no value; the first of a name counts.
    public var datadogTags: [(name: String, value: String)] {
        var tags: [(name: String, value: String)] = []
        for label in labels where !label.value.isEmpty {
            let name = DatadogTag.name(ofLabel: label.name)
            if !tags.contains(where: { $0.name == name }) { tags.append((name, label.value)) }
        }
        return tags
    }
}
