import Base

/// One movement of the mouse (WebDriver §15).
enum PointerAction: Sendable, Equatable {
    /// To a place that is so many CSS pixels away from the element's middle.
    case move(ElementReference, x: Int, y: Int)
    /// From where it is.
    case moveBy(x: Int, y: Int)
    case down(button: Int)
    case up(button: Int)

    /// Milliseconds of a movement: pages that watch the pointer see it come.
    private static let duration = 50

    fileprivate var value: Value {
        switch self {
        case .move(let element, let x, let y):
            .object(["type": "pointerMove", "origin": element.value, "x": .int(x), "y": .int(y), "duration": .int(Self.duration)])
        case .moveBy(let x, let y):
            .object(["type": "pointerMove", "origin": "pointer", "x": .int(x), "y": .int(y), "duration": .int(Self.duration)])
        case .down(let button): .object(["type": "pointerDown", "button": .int(button)])
        case .up(let button): .object(["type": "pointerUp", "button": .int(button)])
        }
    }
}

extension WebDriverSession {
    /// What is pressed stays pressed for the next call.
    func point(_ actions: [PointerAction], within limit: Duration) async throws(WebDriverError) {
        let source = Value.object([
            "type": "pointer", "id": "mouse", "parameters": .object(["pointerType": "mouse"]), "actions": .list(actions.map(\.value)),
        ])
        _ = try await command("POST", "/actions", .object(["actions": .list([source])]), within: limit)
    }

    /// Presses a key while modifiers are held, and lets all go again.
    func press(_ key: Key, holding modifiers: [Key], within limit: Duration) async throws(WebDriverError) {
        func action(_ type: String, _ key: Key) -> Value { .object(["type": .string(type), "value": .string(key.character)]) }
        let actions =
            modifiers.map { action("keyDown", $0) } + [action("keyDown", key), action("keyUp", key)]
            + modifiers.reversed().map { action("keyUp", $0) }
        let source = Value.object(["type": "key", "id": "keyboard", "actions": .list(actions)])
        _ = try await command("POST", "/actions", .object(["actions": .list([source])]), within: limit)
    }
}
