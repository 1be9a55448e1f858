import Base

/// The ways in which a report can be written, by the names that `reliably slo report -f` has for them.
public enum ReportFormat: String, Sendable, CaseIterable {
    case table, text, json, yaml, markdown

    /// Older names are understood as well.
    public init?(name: String) {
        switch name {
        case "simple": self = .text
        case "tabbed": self = .table
        default: self.init(rawValue: name)
        }
    }

    public func write(_ report: ObjectiveReport, usesColour: Bool) -> String {
        switch self {
        case .table: TableReport(usesColour: usesColour).text(report)
        case .text: TextReport(usesColour: usesColour).text(report)
        case .json: DataReport.value(report).json(.pretty)
        case .yaml: YAMLWriter.text([DataReport.value(report)])
        case .markdown: MarkdownReport.text(report)
        }
    }
}

/// ANSI colours, or none.
struct Paint {
    let isOn: Bool
    func callAsFunction(_ text: String, _ code: String) -> String { isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
}
