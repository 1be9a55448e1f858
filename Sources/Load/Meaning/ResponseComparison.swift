import Base
import HTTP

/// Compares a live response with the recorded one.
struct ResponseComparison {
    let level: ComparisonLevel
    /// Of the session: what the shop has made up anew since the recording.
    let values: ValueMap

    static let bodyLimitBytes = 32 << 20

    /// A body as it is compared; nil when it cannot be unpacked.
    static func unpacked(_ body: [UInt8], _ headers: Headers) -> [UInt8]? {
        switch headers["Content-Encoding"]?.lowercased() {
        case nil, "", "identity": body
        case "gzip", "x-gzip", "deflate": body.isEmpty ? body : Inflater.body(body, limitBytes: bodyLimitBytes)
        default: nil
        }
    }

    /// Nil when they mean the same.
    ///
    /// - Parameter bodies: Both unpacked; nil when the recording has none or one cannot be unpacked, and only the rest is compared.
    func difference(_ recorded: RecordedResponse, _ live: ClientResponse, bodies: (recorded: [UInt8], live: [UInt8])?) -> Difference? {
        guard level != .off else { return nil }
        guard recorded.status == live.status else { return Difference(.status, recorded: String(recorded.status), live: String(live.status)) }
        if level == .status { return nil }
        if level == .meaning, let difference = location(recorded.headers["Location"], live.headers["Location"]) { return difference }
        guard let bodies, bodies.recorded != bodies.live else { return nil }
        if level == .exact { return bytes(bodies.recorded, bodies.live) }
        return meaning(recorded.headers["Content-Type"], live.headers["Content-Type"], bodies.recorded, bodies.live)
    }

    // MARK: Parts

    /// Redirects lead to the same place on another host.
    private func location(_ recorded: String?, _ live: String?) -> Difference? {
        guard recorded != live else { return nil }
        guard let recorded, let live else { return Difference(.location, recorded: recorded ?? "none", live: live ?? "none") }
        return isSameURL(recorded, live) ? nil : Difference(.location, recorded: recorded, live: live)
    }

    private func isSameURL(_ recorded: String, _ live: String) -> Bool {
        let (recorded, live) = (URLForm(recorded), URLForm(live))
        if recorded.pattern == live.pattern { return zip(recorded.values, live.values).allSatisfy { isSame($0.value, $1.value, name: $0.name) } }
        return false
    }

    private func meaning(_ recordedType: String?, _ liveType: String?, _ recorded: [UInt8], _ live: [UInt8]) -> Difference? {
        let types = [recordedType, liveType].map { HeaderParameters($0 ?? "").value }
        guard types[0] == types[1] else { return Difference(.type, recorded: types[0], live: types[1]) }
        switch MediaKind(recordedType, recorded) {
        case .json:
            guard let left = try? Value.parse(json: recorded), let right = try? Value.parse(json: live) else { return words(Self.words(recorded), Self.words(live)) }
            var comparison = JSONComparison(isSame: isSame)
            comparison.compare(left, right, path: "", name: "")
            return comparison.difference
        case .html: return words(Self.pageWords(recorded), Self.pageWords(live))
        case .text: return words(Self.words(recorded), Self.words(live))
        case .binary: return bytes(recorded, live)
        }
    }

    private func bytes(_ recorded: [UInt8], _ live: [UInt8]) -> Difference {
        let common = zip(recorded, live).prefix { $0 == $1 }.count
        func text(_ bytes: [UInt8]) -> String { "\(bytes.count) bytes, from byte \(common) " + bytes[common...].prefix(8).map { String($0, radix: 16) }.joined(separator: " ") }
        return Difference(.bytes, recorded: text(recorded), live: text(live))
    }

    /// True for equal texts and for two that were generated anew.
    private func isSame(_ recorded: String, _ live: String, name: String?) -> Bool {
        if recorded == live || values.hasBecome(recorded, live, named: name) || Identifier.haveSameForm(recorded, live) { return true }
        // Links name the host they were recorded at.
        return recorded.contains("://") && live.contains("://") && isSameURL(recorded, live)
    }

    // MARK: Words

    private static func words(_ body: [UInt8]) -> [Substring] { String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace) }

    /// What a visitor reads.
    private static func pageWords(_ body: [UInt8]) -> [Substring] {
        HTMLScanner(body).flatMap { token -> [Substring] in
            if case .text(let text) = token { text.split(whereSeparator: \.isWhitespace) } else { [] }
        }
    }

    /// The words of a page or text, with one sign for all that is generated; nil for other media.
    static func pattern(of body: [UInt8], type: String?) -> [String]? {
        let words: [Substring]
        switch MediaKind(type, body) {
        case .html: words = pageWords(body)
        case .text: words = Self.words(body)
        case .json, .binary: return nil
        }
        return words.map { word in
            let bare = bare(word)
            return Identifier.isOpaque(bare) || Identifier.isTime(bare) ? "…" : String(word)
        }
    }

    private static let surroundings = 6

    private func words(_ recorded: [Substring], _ live: [Substring]) -> Difference? {
        let isSameWord: (Substring, Substring) -> Bool = { $0 == $1 || isSame(Self.bare($0), Self.bare($1), name: nil) }
        let start = zip(recorded, live).prefix { isSameWord($0, $1) }.count
        let rest = (recorded.dropFirst(start), live.dropFirst(start))
        if rest.0.isEmpty && rest.1.isEmpty { return nil }
        let end = zip(rest.0.reversed(), rest.1.reversed()).prefix { isSameWord($0, $1) }.count
        let before = recorded[..<start].suffix(Self.surroundings)
        func text(_ words: ArraySlice<Substring>) -> String { (before + words).joined(separator: " ") }
        return Difference(.text, recorded: text(rest.0.dropLast(end)), live: text(rest.1.dropLast(end)))
    }

    /// Without the punctuation around it.
    private static func bare(_ word: Substring) -> String {
        let isMark: (Character) -> Bool = { ".,;:!?()[]{}\"'#".contains($0) }
        var rest = word.drop(while: isMark)
        while let last = rest.last, isMark(last) { rest.removeLast() }
        return String(rest)
    }
}

/// Walks through two JSON documents; the order of an object's members means nothing.
private struct JSONComparison {
    let isSame: (String, String, String?) -> Bool
    private(set) var difference: Difference?

    init(isSame: @escaping (String, String, String?) -> Bool) { self.isSame = isSame }

    private mutating func report(_ path: String, _ recorded: String, _ live: String) {
        if difference == nil { difference = Difference(.json, at: path, recorded: recorded, live: live) } else { difference!.others += 1 }
    }

    mutating func compare(_ recorded: Value, _ live: Value, path: String, name: String) {
        switch (recorded, live) {
        case (.record(let left), .record(let right)):
            for (member, value) in zip(left.layout.names, left.values) {
                let inner = path + "/" + member.pointerToken
                if let other = right[member] { compare(value, other, path: inner, name: member) } else { report(inner, value.json(), "nothing") }
            }
            for (member, value) in zip(right.layout.names, right.values) where left[member] == nil { report(path + "/" + member.pointerToken, "nothing", value.json()) }
        case (.list(let left), .list(let right)):
            for (index, pair) in zip(left, right).enumerated() { compare(pair.0, pair.1, path: path + "/\(index)", name: name) }
            if left.count != right.count { report(path, "\(left.count) elements", "\(right.count) elements") }
        case (.string(let left), .string(let right)): if !isSame(left, right, name) { report(path, left, right) }
        case (.int(let left), .int(let right)): if left != right, !isSame(String(left), String(right), name) { report(path, String(left), String(right)) }
        default:
            if recorded == live || (recorded.isNumber && live.isNumber && recorded.number == live.number) { return }
            report(path, recorded.json(), live.json())
        }
    }
}

extension Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }
}
