import Base

/// Where a variable's value comes from when a step or a new visitor sets it.
enum ValueSource {
    case text(SlotText)
    case oneOf(Items)
    case integer(ClosedRange<Int>)
    case characters(Alphabet, count: Int)
    case uuid

    enum Alphabet: String, CaseIterable {
        case letters, digits, alphanumeric, hex

        fileprivate var bytes: [UInt8] {
            switch self {
            case .letters: Array("abcdefghijklmnopqrstuvwxyz".utf8)
            case .digits: Array("0123456789".utf8)
            case .alphanumeric: Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
            case .hex: Array("0123456789abcdef".utf8)
            }
        }
    }

    /// Several values to choose from or to go through.
    enum Items {
        /// A list of the journey.
        case words([Value])
        /// A variable that holds a list.
        case slot(Int)

        /// Empty when the variable holds no list.
        func values(_ slots: [Value?]) throws(MissingValue) -> [Value] {
            switch self {
            case .words(let words): return words
            case .slot(let slot):
                guard let value = slots[slot] else { throw MissingValue(slot: slot) }
                return value.elements ?? []
            }
        }
    }

    /// - Throws: When a variable that it needs is not set, or an empty list has nothing to choose.
    func value(_ slots: [Value?], using random: inout SeededRandom) throws(MissingValue) -> Value? {
        switch self {
        case .text(let text): return try text.value(slots)
        case .oneOf(let items): return try items.values(slots).randomElement(using: &random)
        case .integer(let range): return .int(Int.random(in: range, using: &random))
        case .characters(let alphabet, let count):
            let bytes = alphabet.bytes
            return .string(String(decoding: (0..<count).map { _ in bytes[Int.random(in: 0..<bytes.count, using: &random)] }, as: UTF8.self))
        case .uuid: return .string(Self.uuid(using: &random))
        }
    }

    /// A random UUID (RFC 9562 §5.4): version 4, variant 10.
    private static func uuid(using random: inout SeededRandom) -> String {
        let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let (a, b) = (Array(high.hex), Array(low.hex))
        return [a[0..<8], a[8..<12], a[12..<16], b[0..<4], b[4..<16]].map { String($0) }.joined(separator: "-")
    }
}
