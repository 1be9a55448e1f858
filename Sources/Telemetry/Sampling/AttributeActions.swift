import Base

/// The processor `attributes` of OpenTelemetry's collector: changes attributes of spans on their way out.
public struct AttributeActions: Sendable, Equatable {
    private enum Action: String, Sendable, CaseIterable { case insert, update, upsert, delete }

    private struct Change: Sendable, Equatable {
        var key: String
        var value: Value
        var action: Action
    }

    private var changes: [Change] = []

    public init() {}

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["actions"])
        guard let list = diagnostics.value("actions", in: node, pointer: pointer, required: true) else { return }
        for (index, element) in (list.array ?? []).enumerated() {
            let place = pointer + "/actions/\(index)"
            _ = diagnostics.members(of: element, pointer: place, known: ["key", "value", "action"])
            let action = diagnostics.choice("action", in: element, pointer: place, among: Action.allCases.map(\.rawValue)).flatMap(Action.init)
            guard let key = diagnostics.string("key", in: element, pointer: place, required: true), let action else { continue }
            if action != .delete { _ = diagnostics.value("value", in: element, pointer: place, required: true) }
            changes.append(Change(key: key, value: element["value"]?.value ?? .null, action: action))
        }
    }

    /// Does what follows after what was there.
    func followed(by other: AttributeActions) -> AttributeActions {
        var all = self
        all.changes += other.changes
        return all
    }

    public func apply(to attributes: [Attribute]) -> [Attribute] {
        if changes.isEmpty { return attributes }
        var result = attributes
        for change in changes {
            let position = result.firstIndex { $0.name == change.key }
            switch (change.action, position) {
            case (.insert, nil), (.upsert, nil): result.append(Attribute(change.key, change.value))
            case (.update, let position?), (.upsert, let position?): result[position].value = change.value
            case (.delete, let position?): result.remove(at: position)
            case (.insert, _), (.update, nil), (.delete, nil): break
            }
        }
        return result
    }
}
