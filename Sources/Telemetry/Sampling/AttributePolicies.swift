import Base

/// Looks at one attribute of every span and resource of a trace.
protocol AttributePolicy: SamplingPolicy {
    var key: String { get }
    var isInverted: Bool { get }
    func matches(_ value: Value) -> Bool
}

extension AttributePolicy {
    /// Inverted, the policy excludes traces that match and is content with all others.
    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        let isFound = trace.spans.contains { span in
            (span.exportedAttributes[key].map(matches) ?? false) || (span.template.service.exportedAttributes[key].map(matches) ?? false)
        }
        if isInverted { return isFound ? .invertNotSampled : .invertSampled }
        return isFound ? .sampled : .notSampled
    }
}

/// `numeric_attribute`: a whole number within bounds.
struct NumericAttributePolicy: AttributePolicy {
    static let type = "numeric_attribute"
    let key: String
    let isInverted: Bool
    /// Both inclusive; 0 is no bound, as in the collector.
    private let minimum: Int
    private let maximum: Int

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["key", "min_value", "max_value", "invert_match"])
        key = diagnostics.string("key", in: node, pointer: pointer, required: true) ?? ""
        minimum = diagnostics.integer("min_value", in: node, pointer: pointer, range: .min ... .max) ?? 0
        maximum = diagnostics.integer("max_value", in: node, pointer: pointer, range: .min ... .max) ?? 0
        isInverted = diagnostics.boolean("invert_match", in: node, pointer: pointer) ?? false
    }

    /// The collector reads the attribute as a whole number, which a number with a fraction is not: it counts as 0, however large it is.
    func matches(_ value: Value) -> Bool {
        let number = if case .int(let number) = value { number } else { 0 }
        return (minimum == 0 || number >= minimum) && (maximum == 0 || number <= maximum)
    }
}

/// `string_attribute`: one of several texts, or a text that one of several regular expressions finds something in.
struct StringAttributePolicy: AttributePolicy {
    static let type = "string_attribute"
    let key: String
    let isInverted: Bool
    private let values: Set<String>
    private let usesPatterns: Bool

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["key", "values", "enabled_regex_matching", "cache_max_size", "invert_match"])
        key = diagnostics.string("key", in: node, pointer: pointer, required: true) ?? ""
        let list = diagnostics.strings("values", in: node, pointer: pointer, required: true)
        values = Set(list.filter { !$0.isEmpty })
        usesPatterns = diagnostics.boolean("enabled_regex_matching", in: node, pointer: pointer) ?? false
        isInverted = diagnostics.boolean("invert_match", in: node, pointer: pointer) ?? false
        // Accepted because collectors' files have it; nothing is remembered here.
        _ = diagnostics.integer("cache_max_size", in: node, pointer: pointer, range: 0...Int(Int32.max))
        guard usesPatterns else { return }
        for (index, text) in list.enumerated() where (try? Pattern(text)) == nil {
            diagnostics.report("\"\(text)\" is no regular expression", at: node["values"]!.array![index].location, pointer: pointer + "/values/\(index)")
        }
    }

    func matches(_ value: Value) -> Bool {
        guard case .string(let text) = value, !text.isEmpty else { return false }
        guard usesPatterns else { return values.contains(text) }
        return values.contains { (try? Pattern($0).matches(text)) ?? false }
    }
}

/// `boolean_attribute`.
struct BooleanAttributePolicy: AttributePolicy {
    static let type = "boolean_attribute"
    let key: String
    let isInverted: Bool
    private let value: Bool

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["key", "value", "invert_match"])
        key = diagnostics.string("key", in: node, pointer: pointer, required: true) ?? ""
        value = diagnostics.boolean("value", in: node, pointer: pointer) ?? false
        isInverted = diagnostics.boolean("invert_match", in: node, pointer: pointer) ?? false
    }

    func matches(_ value: Value) -> Bool { value == .bool(self.value) }
}
