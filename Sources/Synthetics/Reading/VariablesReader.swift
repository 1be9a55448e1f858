import Base

/// Reads the variables that a check defines.
struct VariablesReader {
    private let config: ObjectReader

    init(_ config: ObjectReader) { self.config = config }

    func variables() -> [ConfigVariable] { ["configVariables", "variables"].flatMap { list($0) } }

    private static let names = ["example", "id", "name", "parseOptions", "pattern", "secure", "type"]

    private func list(_ name: String) -> [ConfigVariable] {
        config.list(name).enumerated().compactMap { index, node in
            let pointer = "\(config.path(name))/\(index)"
            guard
                let reader = ObjectReader(
                    node, at: pointer, what: "a variable", names: Self.names, unknown: .refusedWhenNear, mistakes: config.mistakes)
            else { return nil }
            return variable(reader)
        }
    }

    private func variable(_ reader: ObjectReader) -> ConfigVariable? {
        let name = reader.requiredString("name")
        let kind = reader.choice("type", ConfigVariable.Kind.self) ?? .text
        let isSecure = reader.bool("secure") ?? false
        // The value of a global variable is at Datadog, as that of a secure one is after an export: it must come from the user.
        if kind == .global { return ConfigVariable(name: name, kind: kind, pattern: nil, isSecure: isSecure) }
        let pattern = reader.string("pattern") ?? reader.string("example")
        if pattern == nil, kind == .text, !isSecure { reader.missing("pattern", " (or \"example\")"); return nil }
        return ConfigVariable(name: name, kind: kind, pattern: pattern, isSecure: isSecure)
    }
}
