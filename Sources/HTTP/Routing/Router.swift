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

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var decimal: Int?
        var integer: Int?
        var any: Int?
        var rest: Int?
        var routes: [(method: String, payload: Payload)] = []
    }

    private var nodes = [Node()]
    /// True lets GET routes answer HEAD where nothing else does.
    public let headFallsBackToGet: Bool
    /// True treats `/a/` as `/a`.
    public let ignoresTrailingSlash: Bool

    public init(headFallsBackToGet: Bool = true, ignoresTrailingSlash: Bool = true) {
        self.headFallsBackToGet = headFallsBackToGet
        self.ignoresTrailingSlash = ignoresTrailingSlash
    }

    // MARK: Building

    public mutating func add(_ method: String, _ pattern: RoutePattern, _ payload: Payload) throws(DuplicateRoute) {
        var node = 0
        for part in pattern.parts { node = child(of: node, for: part) }
        if nodes[node].routes.contains(where: { $0.method == method }) {
            throw DuplicateRoute(method: method, pattern: pattern.description)
        }
        nodes[node].routes.append((method, payload))
    }

    private mutating func child(of node: Int, for part: RoutePattern.Part) -> Int {
        switch part {
        case .literal(let text): child(at: \.literals[text], of: node)
        case .decimal: child(at: \.decimal, of: node)
        case .integer: child(at: \.integer, of: node)
        case .any: child(at: \.any, of: node)
        case .rest: child(at: \.rest, of: node)
        }
    }

    private mutating func child(at place: WritableKeyPath<Node, Int?>, of node: Int) -> Int {
        if let existing = nodes[node][keyPath: place] { return existing }
        nodes.append(Node())
        nodes[node][keyPath: place] = nodes.count - 1
        return nodes.count - 1
    }

    // MARK: Matching

    /// - Parameter path: Percent-encoded, without query.
    /// - Throws: `BadEscape` when a segment cannot be decoded; the caller answers 400.
    public func match(_ method: String, path: Substring) throws(PercentEncoding.BadEscape) -> Match {
        match(method, segments: try RequestTarget.segments(of: path))
    }

    /// - Parameter segments: Decoded segments, as `RequestTarget.segments()` gives them.
    public func match(_ method: String, segments: [String]) -> Match {
        var search = Search(method: method, segments: segments[...])
        if ignoresTrailingSlash, search.segments.last == "" { search.segments.removeLast() }
        if let payload = find(0, 0, &search) { return .found(payload, parameters: search.parameters) }
        if headFallsBackToGet && method == "HEAD" {
            search.method = "GET"
            if let payload = find(0, 0, &search) { return .found(payload, parameters: search.parameters) }
        }
        guard !search.allowed.isEmpty else { return .notFound }
        if headFallsBackToGet && search.allowed.contains("GET") { search.allow("HEAD") }
        return .methodNotAllowed(allowed: search.allowed)
    }

    private struct Search {
        var method: String
        var segments: ArraySlice<String>
        var parameters: [String] = []
        var allowed: [String] = []

        mutating func allow(_ method: String) {
            if !allowed.contains(method) { allowed.append(method) }
        }
    }

    private func find(_ node: Int, _ depth: Int, _ search: inout Search) -> Payload? {
        guard depth < search.segments.count else { return route(at: node, &search) }
        let segment = search.segments[depth]
        if let child = nodes[node].literals[segment], let found = find(child, depth + 1, &search) { return found }
        if let child = nodes[node].decimal, segment.isDecimal, let found = find(child, depth + 1, taking: segment, &search) { return found }
        if let child = nodes[node].integer, segment.isInteger, let found = find(child, depth + 1, taking: segment, &search) { return found }
        if let child = nodes[node].any, !segment.isEmpty, let found = find(child, depth + 1, taking: segment, &search) { return found }
        if let child = nodes[node].rest, search.segments[depth...].contains(where: { !$0.isEmpty }) {
            return find(child, search.segments.count, taking: search.segments[depth...].joined(separator: "/"), &search)
        }
        return nil
    }

    private func find(_ node: Int, _ depth: Int, taking parameter: String, _ search: inout Search) -> Payload? {
        search.parameters.append(parameter)
        if let found = find(node, depth, &search) { return found }
        search.parameters.removeLast()
        return nil
    }

    private func route(at node: Int, _ search: inout Search) -> Payload? {
        for route in nodes[node].routes {
            if route.method == search.method { return route.payload }
            search.allow(route.method)
        }
        return nil
    }
}

extension String {
    fileprivate var isInteger: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }

    fileprivate var isDecimal: Bool {
        let parts = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { (48...57).contains($0) } }
    }
}
