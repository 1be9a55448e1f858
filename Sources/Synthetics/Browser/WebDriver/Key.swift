/// A key of the keyboard: its name as browsers give it in `KeyboardEvent.key`, and the character that stands for it on the wire
/// (WebDriver §17.4.2 keyboard actions).
public struct Key: Sendable, Equatable {
    public var name: String
    var character: String

    /// Nil for a name that is neither in the table nor a single character.
    public init?(_ name: String) {
        if let code = Self.codes[name], let scalar = Unicode.Scalar(code) {
            (self.name, character) = (name, String(scalar))
        } else if name.count == 1 {
            (self.name, character) = (name, name)
        } else {
            return nil
        }
    }

    static let modifierNames = ["Alt", "Control", "Meta", "Shift"]

    static var names: [String] { Array(codes.keys) }

    private static let codes: [String: UInt32] = {
        var codes: [String: UInt32] = [
            "Cancel": 0xE001, "Help": 0xE002, "Backspace": 0xE003, "Tab": 0xE004, "Clear": 0xE005, "Enter": 0xE007, "Return": 0xE006,
            "Shift": 0xE008, "Control": 0xE009, "Alt": 0xE00A, "Pause": 0xE00B, "Escape": 0xE00C, "Space": 0x20, "PageUp": 0xE00E,
            "PageDown": 0xE00F, "End": 0xE010, "Home": 0xE011, "ArrowLeft": 0xE012, "ArrowUp": 0xE013, "ArrowRight": 0xE014, "ArrowDown": 0xE015,
            "Insert": 0xE016, "Delete": 0xE017, "Meta": 0xE03D,
        ]
        for number in 1...12 { codes["F\(number)"] = 0xE030 + UInt32(number) }
        return codes
    }()
}
