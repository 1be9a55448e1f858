import Base

/// A mistake on the command line: what is wrong and what to type.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The words of a command line, taken one after the other; what is left over is a mistake.
struct Arguments {
    private var words: [String]
    /// Names asked for so far, to suggest the nearest when something is left over.
    private var known: Set<String> = ["--help"]

    init(_ words: [String]) { self.words = words }

    var first: String? { words.first { !$0.hasPrefix("-") } }

    /// The command: the first word, when it is no option.
    mutating func takeCommand() -> String? {
        guard let word = words.first, !word.hasPrefix("-") else { return nil }
        words.removeFirst()
        return word
    }

    mutating func takeFlag(_ names: String...) -> Bool {
        known.formUnion(names)
        guard let index = words.firstIndex(where: names.contains) else { return false }
        words.remove(at: index)
        return true
    }

    /// The value of `--name value` or `--name=value`.
    mutating func takeOption(_ name: String) throws -> String? {
        known.insert(name)
        guard let index = words.firstIndex(where: { $0 == name || $0.hasPrefix(name + "=") }) else { return nil }
        let word = words.remove(at: index)
        if word != name { return String(word.dropFirst(name.count + 1)) }
        guard index < words.count, !words[index].hasPrefix("--") else { throw UsageError("\(name) needs a value") }
        return words.remove(at: index)
    }

    mutating func takeOptions(_ name: String) throws -> [String] {
        var values: [String] = []
        while let value = try takeOption(name) { values.append(value) }
        return values
    }

    mutating func takeInteger(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = try takeOption(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError("\(name) needs a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return number
    }

    mutating func takeChoice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) throws -> Choice? where Choice.RawValue == String {
        guard let text = try takeOption(name) else { return nil }
        let names = Choice.allCases.map(\.rawValue)
        guard let choice = Choice(rawValue: text) else { throw UsageError("\(name) cannot be \"\(text)\"" + suggestion(for: text, among: names)) }
        return choice
    }

    /// The next word that is no option.
    mutating func takeWord(_ what: String) throws -> String {
        guard let word = try takeOptionalWord() else { throw UsageError("\(what) is missing") }
        return word
    }

    mutating func takeOptionalWord() throws -> String? {
        guard let word = words.first else { return nil }
        if word.hasPrefix("-"), word.count > 1 { throw unknown(word) }
        words.removeFirst()
        return word
    }

    /// - Throws: When words are left.
    func end() throws {
        guard let word = words.first else { return }
        throw word.hasPrefix("-") ? unknown(word) : UsageError("unexpected \"\(word)\"")
    }

    private func unknown(_ word: String) -> UsageError {
        let name = String(word.prefix { $0 != "=" })
        return UsageError("unknown option \(name)" + suggestion(for: name, among: known))
    }
}
