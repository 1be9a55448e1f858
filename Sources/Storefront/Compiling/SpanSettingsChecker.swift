import Base
import Packs

/// Finds the mistakes in the settings of one kind of span.
struct SpanSettingsChecker {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    func check(_ node: JSONNode, pointer: String) {
        _ = diagnostics.members(of: node, pointer: pointer, known: SpanSettings.kindKeys)
        _ = diagnostics.choice("error", in: node, pointer: pointer, among: SpanSettings.errorStyles)
        checkCommon(node, pointer: pointer)
    }

    private func checkCommon(_ node: JSONNode, pointer: String) {
        for name in ["name", "resource", "type", "service"] {
            guard let text = diagnostics.string(name, in: node, pointer: pointer) else { continue }
            checkPlaceholders(text, among: SpanText.constantNames, at: node[name]!.location, pointer: pointer + "/" + name)
        }
        for member in node["attributes"].map({ diagnostics.members(of: $0, pointer: pointer + "/attributes") }) ?? [] {
            guard let text = member.value.string else { continue }
            checkPlaceholders(text, among: SpanText.attributeNames, at: member.value.location, pointer: pointer + "/attributes/" + member.name.pointerToken)
        }
        for (index, companion) in (node["companions"]?.array ?? []).enumerated() { checkCompanion(companion, pointer: pointer + "/companions/\(index)") }
    }

    private func checkCompanion(_ node: JSONNode, pointer: String) {
        _ = diagnostics.members(of: node, pointer: pointer, known: SpanSettings.companionKeys)
        for name in ["adopts", "error", "beside", "rows"] { _ = diagnostics.boolean(name, in: node, pointer: pointer) }
        for name in ["from", "to"] {
            guard let share = node[name] else { continue }
            if share.string != nil || !(share.value.number.map { (0...1).contains($0) } ?? false) {
                diagnostics.report("a share of the time is a number from 0 to 1", at: share.location, pointer: pointer + "/" + name)
            }
        }
        checkCommon(node, pointer: pointer)
    }

    private func checkPlaceholders(_ text: String, among known: [String], at location: SourceLocation, pointer: String) {
        for name in SpanText(text).names where !known.contains(name) {
            diagnostics.report("nothing here is named \"\(name)\"" + suggestion(for: name, among: known), at: location, pointer: pointer)
        }
    }
}
