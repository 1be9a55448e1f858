import Base

/// A text with variables in braces, `/products/{slug}`; `{{` and `}}` stand for single braces.
struct SlotText: Equatable {
    enum Part: Equatable {
        case literal(String)
        /// Place of a variable among a visitor's values.
        case slot(Int)
    }

    private(set) var parts: [Part]

    init(_ constant: String) { parts = constant.isEmpty ? [] : [.literal(constant)] }

    /// - Parameter slot: Gives the place of a name.
    init(parsing text: String, slot: (_ name: String, _ offset: Int) throws(SlotTextError) -> Int) throws(SlotTextError) {
        parts = []
        let bytes = Array(text.utf8)
        let open = UInt8(ascii: "{"), close = UInt8(ascii: "}")
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == open || byte == close, index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 2
            } else if byte == open {
                guard let end = bytes[index...].firstIndex(of: close) else { throw SlotTextError("\"{\" without \"}\"; write {{ for a brace") }
                if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                parts.append(.slot(try slot(String(decoding: bytes[(index + 1)..<end], as: UTF8.self).trimmingSpaces(), index)))
                index = end + 1
            } else if byte == close {
                throw SlotTextError("\"}\" without \"{\"; write }} for a brace")
            } else {
                literal.append(byte)
                index += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
    }

    /// The text when it holds no variable.
    var constant: String? {
        switch parts.count {
        case 0: ""
        case 1: if case .literal(let text) = parts[0] { text } else { nil }
        default: nil
        }
    }

    /// The variable when the text is nothing else: its value then keeps its type.
    var soleSlot: Int? {
        if parts.count == 1, case .slot(let slot) = parts[0] { slot } else { nil }
    }

    /// - Parameter encode: Applied to what stands in for variables, not to the text around them.
    func text(_ values: [Value?], encode: (String) -> String = { $0 }) throws(MissingValue) -> String {
        if let constant { return constant }
        var result = ""
        for part in parts {
            switch part {
            case .literal(let text): result += text
            case .slot(let slot):
                guard let value = values[slot] else { throw MissingValue(slot: slot) }
                result += encode(value.text)
            }
        }
        return result
    }

    func value(_ values: [Value?]) throws(MissingValue) -> Value {
        guard let soleSlot else { return .string(try text(values)) }
        guard let value = values[soleSlot] else { throw MissingValue(slot: soleSlot) }
        return value
    }
}

/// Why a text with variables cannot be read.
struct SlotTextError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// A variable that nothing has set yet.
struct MissingValue: Error {
    let slot: Int
}
