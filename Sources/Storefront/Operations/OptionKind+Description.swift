import Base

extension OptionDeclaration.Kind: CustomStringConvertible {
    /// In words, for documentation.
    public var description: String {
        switch self {
        case .text: "text with {expressions}"
        case .shape: "any JSON with {expressions}"
        case .expression: "expression"
        case .steps: "list of steps"
        case .integer(let range): "whole number \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "number \(JSONStyle.shortText(of: range.lowerBound)) to \(JSONStyle.shortText(of: range.upperBound))"
        case .boolean: "true or false"
        case .choice(let choices): choices.joined(separator: " | ")
        case .service: "name of a service"
        case .view: "name of a view"
        case .table: "name of a table"
        case .sql: "SQL with :parameters"
        case .loop: "\"name in list\""
        case .map(let inner): "object, each value: \(inner)"
        case .names: "list of names"
        }
    }
}

extension OptionDeclaration.Kind {
    /// True where a number or a boolean may stand in the place of a text.
    var takesConstants: Bool {
        switch self {
        case .text, .expression: true
        default: false
        }
    }
}

extension JSONStyle {
    /// For people: whole numbers without a decimal point.
    static func shortText(of number: Double) -> String { Int(exactly: number).map(String.init) ?? text(of: number) }
}
