/// A file name pattern: `*` and `?` stay inside one folder, `**/` crosses folders, `{a,b}` are alternatives, `!(a|b)` is any name of a file or
/// folder but these.
public struct GlobPattern: Sendable {
    private let alternatives: [[Character]]

    /// Alternatives that one pattern may unfold to; more is cut off.
    private static let alternativeLimit = 256

    /// datadog-ci's own, for when nobody names files.
    public static let checkFiles = "{,!(node_modules)/**/}*.synthetics.json"

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
        let fixed = pattern.prefix { $0 != "*" && $0 != "?" && $0 != "!" }
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
        case "!" where pattern.starts(with: ["!", "("]):
            guard let close = pattern.firstIndex(of: ")") else { return path.first == "!" && matches(rest, path.dropFirst()) }
            return matches(nameBut: pattern[(pattern.startIndex + 2)..<close], pattern[(close + 1)...], path)
        default: return path.first == first && matches(rest, path.dropFirst())
        }
    }

    /// Tries every beginning of the next name that is none of the excluded ones.
    private static func matches(nameBut excluded: ArraySlice<Character>, _ rest: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        let names = excluded.split(separator: "|", omittingEmptySubsequences: false)
        let name = path.prefix { $0 != "/" }
        return (path.startIndex...name.endIndex).contains { end in
            let part = path[path.startIndex..<end]
            return !names.contains { matches($0, part) } && matches(rest, path[end...])
        }
    }
}
