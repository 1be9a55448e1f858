/// A file name pattern: `*` and `?` stay inside one folder, `**/` crosses folders, `{a,b}` are alternatives.
public struct GlobPattern: Sendable {
    private let alternatives: [[Character]]

    /// Alternatives that one pattern may unfold to; more is cut off.
    private static let alternativeLimit = 256

    public init(_ text: String) {
        let plain = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
        alternatives = Self.unfold(Array(plain))
    }

    /// - Parameter path: With `/` between folders.
    public func matches(_ path: String) -> Bool {
        let path = Array(path)
        return alternatives.contains { Self.matches($0[...], path[...]) }
    }

    /// The folder in which all matches are: everything before the first folder name with a sign of a pattern in it.
    public var folder: String {
        guard alternatives.count == 1, let pattern = alternatives.first else { return "" }
        let fixed = pattern.prefix { $0 != "*" && $0 != "?" }
        return fixed.lastIndex(of: "/").map { String(fixed[..<$0]) + ($0 == 0 ? "/" : "") } ?? ""
    }

    private static func unfold(_ text: [Character]) -> [[Character]] {
        guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else { return [text] }
        let options = text[(open + 1)..<close].split(separator: ",", omittingEmptySubsequences: false)
        var unfolded: [[Character]] = []
        for option in options where unfolded.count < alternativeLimit {
            var one = Array(text[..<open])
            one.append(contentsOf: option)
            one.append(contentsOf: text[(close + 1)...])
            unfolded += unfold(one)
        }
        return unfolded
    }

    private static func matches(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*" where pattern.starts(with: ["*", "*", "/"]):
            let inner = pattern.dropFirst(3)
            if matches(inner, path) { return true }
            return path.firstIndex(of: "/").map { matches(pattern, path[($0 + 1)...]) } ?? false
        case "*":
            if matches(rest, path) { return true }
            return path.first.map { $0 != "/" && matches(pattern, path.dropFirst()) } ?? false
        case "?": return path.first.map { $0 != "/" && matches(rest, path.dropFirst()) } ?? false
        default: return path.first == first && matches(rest, path.dropFirst())
        }
    }
}
