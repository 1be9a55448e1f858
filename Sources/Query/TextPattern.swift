/// Text with the wildcards `*` (any characters) and `?` (one character).
public struct TextPattern: Sendable, Equatable {
    enum Element: Sendable, Equatable {
        case character(Character)
        case one
        case any
    }

    private(set) var elements: [Element] = []

    init() {}

    /// A pattern without wildcards.
    init(literal text: String) { elements = text.map { .character($0) } }

    mutating func append(_ element: Element) { elements.append(element) }

    /// The text itself when there are no wildcards in it.
    var literal: String? {
        var text = ""
        for element in elements {
            guard case .character(let character) = element else { return nil }
            text.append(character)
        }
        return text
    }

    /// `*` alone: anything that is there at all.
    var isAnything: Bool { elements == [.any] }

    func matches(_ text: String, ignoringCase: Bool = false) -> Bool {
        if let literal { return ignoringCase ? literal.lowercased() == text.lowercased() : literal == text }
        let text = Array(ignoringCase ? text.lowercased() : text)
        let elements = ignoringCase ? self.elements.map(\.lowercased) : self.elements
        return Self.matches(elements, text)
    }

    /// Goes back only to the last `*`, which is enough and keeps the time linear for one star.
    private static func matches(_ elements: [Element], _ text: [Character]) -> Bool {
        var position = 0
        var index = 0
        var star: (position: Int, index: Int)?
        while index < text.count {
            switch position < elements.count ? elements[position] : nil {
            case .any?:
                star = (position, index)
                position += 1
                continue
            case .one?:
                position += 1
                index += 1
                continue
            case .character(text[index])?:
                position += 1
                index += 1
                continue
            default: break
            }
            guard let last = star else { return false }
            star = (last.position, last.index + 1)
            position = last.position + 1
            index = last.index + 1
        }
        return elements[position...].allSatisfy { $0 == .any }
    }
}

extension TextPattern.Element {
    fileprivate var lowercased: TextPattern.Element {
        if case .character(let character) = self, let lower = character.lowercased().first { return .character(lower) }
        return self
    }
}
