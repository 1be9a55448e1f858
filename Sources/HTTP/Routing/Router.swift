import Base

/// Finds what belongs to a method and a path, in a trie that is built once.
///
/// Where several patterns match, the leftmost segment decides: a literal before a typed parameter before a plain one before the rest of the
/// path. A pattern that does not have the method steps back for one that has.
public struct Router<Payload: Sendable>: Sendable {
    public enum Match: Sendable {
        /// Parameters are decoded and in the pattern's order.
        case found(Payload, parameters: [String])
        /// The path is known; these methods are, in the order in which they were added.
        case methodNotAllowed(allowed: [String])
        case notFound
    }

    public struct DuplicateRoute: Error, Sendable, Equatable, CustomStringConvertible {
        public var method: String
        public var pattern: String
        public var description: String { "\(method) \(pattern) matches the same paths as a route before it" }
    }

    private var trie: RouteTrie
    private var payloads: [Payload] = []

    /// - Parameters:
    ///   - headFallsBackToGet: True lets GET routes answer HEAD where nothing else does.
    ///   - ignoresTrailingSlash: True treats `/a/` as `/a`.
    public init(headFallsBackToGet: Bool = true, ignoresTrailingSlash: Bool = true) {
        trie = RouteTrie(headFallsBackToGet: headFallsBackToGet, ignoresTrailingSlash: ignoresTrailingSlash)
    }

    public mutating func add(_ method: String, _ pattern: RoutePattern, _ payload: Payload) throws(DuplicateRoute) {
        guard trie.add(method, pattern, payloads.count) else { throw DuplicateRoute(method: method, pattern: pattern.description) }
        payloads.append(payload)
    }

    /// - Parameter path: Percent-encoded, without query.
    /// - Throws: `BadEscape` when a segment cannot be decoded; the caller answers 400.
    public func match(_ method: String, path: Substring) throws(PercentEncoding.BadEscape) -> Match {
        match(try trie.match(method, path: path))
    }

    /// - Parameter segments: Decoded segments, as `RequestTarget.segments()` gives them.
    public func match(_ method: String, segments: [String]) -> Match {
        match(trie.match(method, segments: segments))
    }

    private func match(_ match: RouteTrie.Match) -> Match {
        switch match {
        case .found(let position, let parameters): .found(payloads[position], parameters: parameters)
        case .methodNotAllowed(let allowed): .methodNotAllowed(allowed: allowed)
        case .notFound: .notFound
        }
    }
}
