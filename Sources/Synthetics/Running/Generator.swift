import Base

/// Random text in a variable's pattern: `numeric(3)`, `alphabetic(8)`, `alphanumeric(8)`, `uuid`.
struct Generator: Equatable {
    private enum Kind: String { case numeric, alphabetic, alphanumeric, uuid }

    private let kind: Kind
    private let length: Int

    /// Longest text that a check can ask for.
    static let lengthLimit = 1_000

    /// Nil for what is no generator's call.
    init?(call: String) {
        if call == "uuid" || call == "uuid()" { (kind, length) = (.uuid, 36); return }
        guard call.hasSuffix(")"), let open = call.firstIndex(of: "("), let kind = Kind(rawValue: String(call[..<open])), kind != .uuid,
            let length = Int(call[call.index(after: open)...].dropLast()), (1...Self.lengthLimit).contains(length)
        else { return nil }
        (self.kind, self.length) = (kind, length)
    }

    func text(using random: inout SeededRandom) -> String {
        if kind == .uuid { return Self.uuid(using: &random) }
        let alphabet = Self.alphabets[kind]!
        return String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }

    private static let alphabets: [Kind: [Character]] = [
        .numeric: Array("0123456789"),
        .alphabetic: Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        .alphanumeric: Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    ]

    /// A random UUID (RFC 9562 §5.4): version 4, variant 10.
    private static func uuid(using random: inout SeededRandom) -> String {
        let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let (a, b) = (Array(high.hex), Array(low.hex))
        return [a[0..<8], a[8..<12], a[12..<16], b[0..<4], b[4..<16]].map { String($0) }.joined(separator: "-")
    }
}
