import Base

/// What a variable's pattern can make by itself: `numeric(3)`, `alphabetic(8)`, `alphanumeric(8)`, `uuid`, `date(1d, YYYY-MM-DD)`,
/// `timestamp(-10, s)`.
struct Generator: Equatable {
    private enum Kind: Equatable {
        case characters(Alphabet, Int)
        case uuid
        case date(offset: Duration, format: String)
        case timestamp(offset: Duration, milliseconds: Bool)
    }

    private enum Alphabet: String { case numeric, alphabetic, alphanumeric }

    private let kind: Kind

    /// Longest text that a check can ask for.
    static let lengthLimit = 1_000

    /// Nil for what is no generator's call.
    init?(call: String) {
        guard let open = call.firstIndex(of: "(") else {
            guard call == "uuid" else { return nil }
            kind = .uuid
            return
        }
        guard call.hasSuffix(")") else { return nil }
        let name = call[..<open]
        let arguments = call[call.index(after: open)...].dropLast().split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
        guard let kind = Self.kind(String(name), arguments) else { return nil }
        self.kind = kind
    }

    private static func kind(_ name: String, _ arguments: [Substring]) -> Kind? {
        switch name {
        case "uuid": return arguments == [""] ? .uuid : nil
        case "date":
            guard arguments.count == 2, let offset = TimeOffset(arguments[0], unit: "d"), !arguments[1].isEmpty else { return nil }
            return .date(offset: offset.duration, format: String(arguments[1]))
        case "timestamp":
            guard arguments.count == 2, let offset = TimeOffset(arguments[0], unit: arguments[1]) else { return nil }
            return .timestamp(offset: offset.duration, milliseconds: arguments[1] == "ms")
        default:
            guard let alphabet = Alphabet(rawValue: name), arguments.count == 1, let length = Int(arguments[0]), (1...lengthLimit).contains(length)
            else { return nil }
            return .characters(alphabet, length)
        }
    }

    /// - Parameter now: When the check started; dates and timestamps are counted from there, in UTC.
    func text(at now: Timestamp, using random: inout SeededRandom) -> String {
        switch kind {
        case .uuid: return Self.uuid(using: &random)
        case .characters(let alphabet, let length):
            let characters = Self.characters(of: alphabet)
            return String((0..<length).map { _ in characters[Int.random(in: 0..<characters.count, using: &random)] })
        case .date(let offset, let format): return DateFormat.text(now + offset, format)
        case .timestamp(let offset, let milliseconds):
            let time = now + offset
            return String(milliseconds ? time.milliseconds : time.seconds)
        }
    }

    private static func characters(of alphabet: Alphabet) -> [Character] {
        switch alphabet {
        case .numeric: digits
        case .alphabetic: letters
        case .alphanumeric: letters + digits
        }
    }

    private static let digits = Array("0123456789")
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    /// A random UUID (RFC 9562 §5.4): version 4, variant 10.
    static func uuid(using random: inout SeededRandom) -> String {
        let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let (a, b) = (Array(high.hex), Array(low.hex))
        return [a[0..<8], a[8..<12], a[12..<16], b[0..<4], b[4..<16]].map { String($0) }.joined(separator: "-")
    }
}
