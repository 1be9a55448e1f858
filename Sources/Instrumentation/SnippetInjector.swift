import Base

/// Inserts a snippet once into a page that arrives in pieces of any size; the result does not depend on where the pieces are cut.
///
/// The place is the first child of `<head>`; without that tag, behind `<html>` or the document type. A page whose head (or whose first
/// `lookaheadLimitBytes` behind the place) has the snippet's marker already is left as it is. Bytes are held back until this is known,
/// which is at the end of the head; a browser can show nothing before that anyway.
public struct SnippetInjector: Sendable {
    /// What to do with HTML that has neither document type nor `<html>` nor `<head>`.
    public enum Fragments: Sendable {
        /// The snippet becomes its first bytes.
        case prepend
        /// Left as it is: pieces of pages that scripts fetch.
        case leave
    }

    /// The most that is held back behind the place: 64 KiB.
    public static let lookaheadLimitBytes = 65_536

    private enum State {
        case searching(PrologueScanner)
        /// The place is known; whether the page has the snippet already is not.
        case looking(place: Int, checked: Int)
        case done
    }

    private let snippet: [UInt8]
    private let marker: [UInt8]
    private let fragments: Fragments
    private var state: State
    private var held: [UInt8] = []
    /// True once the snippet has been inserted.
    public private(set) var hasInserted = false

    /// - Parameter nonce: See `ContentSecurityPolicy.scriptNonce(in:)`.
    public init(_ snippet: Snippet, nonce: String? = nil, fragments: Fragments = .prepend) {
        self.snippet = snippet.html(nonce: nonce)
        marker = Array(snippet.marker.utf8)
        self.fragments = fragments
        state = snippet.isEmpty ? .done : .searching(PrologueScanner())
    }

    /// Takes the next bytes of the page and gives those that may be sent.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        if case .done = state { return Array(bytes) }
        held.append(contentsOf: bytes)
        return advance(isComplete: false)
    }

    /// Gives what is still held back; the page has ended.
    public mutating func finish() -> [UInt8] {
        if case .done = state { return [] }
        return advance(isComplete: true)
    }

    /// A whole page at once.
    public static func inject(_ snippet: Snippet, into page: [UInt8], nonce: String? = nil, fragments: Fragments = .prepend) -> [UInt8] {
        var injector = SnippetInjector(snippet, nonce: nonce, fragments: fragments)
        return injector.feed(page) + injector.finish()
    }

    private mutating func advance(isComplete: Bool) -> [UInt8] {
        if case .searching(var scanner) = state {
            switch scanner.scan(held, isComplete: isComplete) {
            case .undecided: state = .searching(scanner); return []
            case .head(let place): state = .looking(place: place, checked: place)
            case .fragment where fragments == .leave: return release(insertingAt: nil)
            case .fragment(let place): state = .looking(place: place, checked: place)
            }
        }
        guard case .looking(let place, let checked) = state else { return [] }
        return look(from: checked, place: place, isComplete: isComplete)
    }

    /// Searches the marker up to the end of the head. `held` ends are looked at again when more bytes come, since a word may be cut.
    private mutating func look(from checked: Int, place: Int, isComplete: Bool) -> [UInt8] {
        let limit = min(held.count, place + Self.lookaheadLimitBytes)
        var position = checked
        while position < limit {
            let rest = held[position..<limit]
            if !marker.isEmpty, rest.starts(with: marker) { return release(insertingAt: nil) }
            if Self.endsHead(rest) { return release(insertingAt: place) }
            let isCut = limit == held.count && !isComplete && rest.count < max(marker.count, 7)
            if isCut { break }
            position += 1
        }
        if isComplete || position >= place + Self.lookaheadLimitBytes { return release(insertingAt: place) }
        state = .looking(place: place, checked: position)
        return []
    }

    private static func endsHead(_ rest: ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: "<"), rest.count >= 6 else { return false }
        let word = rest.dropFirst().prefix(5).map { $0 | 0x20 }
        return word.elementsEqual("/head".utf8) || word.prefix(4).elementsEqual("body".utf8)
    }

    private mutating func release(insertingAt place: Int?) -> [UInt8] {
        state = .done
        var out = held
        held = []
        if let place {
            out.insert(contentsOf: snippet, at: place)
            hasInserted = true
        }
        return out
    }
}
