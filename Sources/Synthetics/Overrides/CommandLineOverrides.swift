import Base

/// Reads `--override key=value` arguments into the object that a configuration file would hold.
///
/// Keys, rules and messages are datadog-ci's: the value begins behind the first `=`, `\n` in a text is a line break, lists are separated by
/// semicolons, parts of objects have a dot.
enum CommandLineOverrides {
    /// - Throws: `CommandLineOptions.UsageError` for the first one that does not fit.
    static func read(_ arguments: [String]) throws(CommandLineOptions.UsageError) -> JSONNode {
        var node = OverrideNode.empty
        for argument in arguments { node = node.merging(try one(argument)) }
        return node
    }

    private static func one(_ argument: String) throws(CommandLineOptions.UsageError) -> JSONNode {
        guard let equals = argument.firstIndex(of: "=") else {
            throw CommandLineOptions.UsageError(description: "--override needs KEY=VALUE, not \"\(argument)\"")
        }
        let value = String(argument[argument.index(after: equals)...])
        let path = argument[..<equals].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let key = String(path[0])
        return OverrideNode.object(key, try content(key, path.count > 1 ? String(path[1]) : nil, value))
    }

    private static func content(_ key: String, _ subkey: String?, _ value: String) throws(CommandLineOptions.UsageError) -> JSONNode.Content {
        switch key {
        case "defaultStepTimeout", "testTimeout": return try number(value)
        case "allowInsecureCertificates", "followRedirects": return try bool(value)
        case "body", "bodyType", "startUrl", "startUrlSubstitutionRegex": return text(value)
        case "deviceIds", "locations", "resourceUrlSubstitutionRegexes": return OverrideNode.list(value)
        case "executionRule":
            guard let rule = Check.ExecutionRule(rawValue: value.lowercased()) else { throw invalid("ExecutionRule value", value) }
            return .string(rule.rawValue)
        case "retry":
            guard let subkey, ["count", "interval"].contains(subkey) else { throw wrongSubkey(key) }
            return OverrideNode.content(subkey, try number(value))
        case "basicAuth":
            guard let subkey, ["password", "username"].contains(subkey) else { throw wrongSubkey(key) }
            return OverrideNode.content(subkey, text(value))
        case "cookies", "setCookies":
            guard let subkey else { return OverrideNode.content("value", text(value)) }
            if subkey == "append" { return OverrideNode.content("append", try bool(value)) }
            throw CommandLineOptions.UsageError(
                description: "The path \"\(key).\(subkey)\" is invalid. Did you mean `--override \(key)=...`?")
        case "headers", "variables":
            guard let subkey, !subkey.isEmpty else { throw CommandLineOptions.UsageError(description: "No subkey found for \(key)") }
            return OverrideNode.content(subkey, .string(value))
        default: throw unknown(key)
        }
    }

    private static func wrongSubkey(_ key: String) -> CommandLineOptions.UsageError {
        CommandLineOptions.UsageError(description: "Invalid subkey for \(key)")
    }

    private static func invalid(_ what: String, _ value: String) -> CommandLineOptions.UsageError {
        CommandLineOptions.UsageError(description: "Invalid \(what): \(value)")
    }

    /// The nearest key is named up to five letters away.
    private static func unknown(_ key: String) -> CommandLineOptions.UsageError {
        let known = OverrideReader.names.filter { !$0.hasPrefix("mobile") }
        let nearest = known.map { ($0, editDistance(Array(key), Array($0))) }.min { $0.1 < $1.1 }
        guard let nearest, nearest.1 <= 5 else { return CommandLineOptions.UsageError(description: "Invalid key: \(key)") }
        return CommandLineOptions.UsageError(description: "Invalid key: \(key). Did you mean `\(nearest.0)`?")
    }

    private static func text(_ value: String) -> JSONNode.Content {
        .string(String(value.replacing("\\n", with: "\n")[...].trimmingWhitespace()))
    }

    private static func number(_ value: String) throws(CommandLineOptions.UsageError) -> JSONNode.Content {
        guard let number = Double(value), number.isFinite else { throw invalid("number value", value) }
        return Int(exactly: number).map { .int($0) } ?? .double(number)
    }

    private static func bool(_ value: String) throws(CommandLineOptions.UsageError) -> JSONNode.Content {
        guard let flag = Flag.read(value) else { throw invalid("boolean value", value) }
        return .bool(flag)
    }
}
