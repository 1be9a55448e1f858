import Base

/// The trie inside a router, free of its payloads' type: generic code of another module is slow, and every request comes here.
struct RouteTrie: Sendable {
    enum Match {
        /// The position of what belongs to the route; parameters are decoded and in the pattern's order.
        case found(Int, parameters: [String])
        case methodNotAllowed(allowed: [String])
        case notFound
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var decimal: Int?
        var integer: Int?
        var any: Int?
        var rest: Int?
        var routes: [(method: String, position: Int)] = []

        /// The node that a part of a pattern leads to.
        subscript(part: RoutePattern.Part) -> Int? {
            get {
                switch part {
                case .literal(let text): literals[text]
                case .decimal: decimal
                case .integer: integer
                case .any: any
                case .rest: rest
                }
            }
            set {
                switch part {
                case .literal(let text): literals[text] = newValue
                case .decimal: decimal = newValue
                case .integer: integer = newValue
                case .any: any = newValue
                case .rest: rest = newValue
                }
            }
        }
    }

    private var nodes = [Node()]
    /// Nodes by whole path, for patterns without variable parts: a literal segment comes before all others, so they need no search.
    private var fixedPaths: [Substring: Int] = [:]
    let headFallsBackToGet: Bool
    let ignoresTrailingSlash: Bool

    init(headFallsBackToGet: Bool, ignoresTrailingSlash: Bool) {
        self.headFallsBackToGet = headFallsBackToGet
        self.ignoresTrailingSlash = ignoresTrailingSlash
    }

    // MARK: Building

    /// - Returns: False when the method and the pattern match the same paths as a route before.
    mutating func add(_ method: String, _ pattern: RoutePattern, _ position: Int) -> Bool {
        var node = 0
        for part in pattern.parts { node = child(of: node, for: part) }
        if nodes[node].routes.contains(where: { $0.method == method }) { return false }
        nodes[node].routes.append((method, position))
        // A percent sign in a pattern stands for itself, in a path it begins an escape.
        if pattern.parameterNames.isEmpty && !pattern.description.utf8.contains(UInt8(ascii: "%")) { fixedPaths[pattern.description[...]] = node }
        return true
    }

    private mutating func child(of node: Int, for part: RoutePattern.Part) -> Int {
        if let existing = nodes[node][part] { return existing }
        nodes.append(Node())
        nodes[node][part] = nodes.count - 1
        return nodes.count - 1
    }

    // MARK: Matching

    func match(_ method: String, path: Substring) throws(PercentEncoding.BadEscape) -> Match {
        if let node = fixedPaths[path], let route = nodes[node].routes.first(where: { $0.method == method }) {
            return .found(route.position, parameters: [])
        }
        return match(method, segments: try RequestTarget.segments(of: path))
    }

    func match(_ method: String, segments: [String]) -> Match {
        var search = Search(method: method, segments: segments[...])
        if ignoresTrailingSlash, search.segments.last == "" { search.segments.removeLast() }
        if let position = find(0, 0, &search) { return .found(position, parameters: search.parameters) }
        if headFallsBackToGet && method == "HEAD" {
            search.method = "GET"
            if let position = find(0, 0, &search) { return .found(position, parameters: search.parameters) }
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

    private func find(_ node: Int, _ depth: Int, _ search: inout Search) -> Int? {
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

    private func find(_ node: Int, _ depth: Int, taking parameter: String, _ search: inout Search) -> Int? {
        search.parameters.append(parameter)
        if let found = find(node, depth, &search) { return found }
        search.parameters.removeLast()
        return nil
    }

    private func route(at node: Int, _ search: inout Search) -> Int? {
        for route in nodes[node].routes {
            if route.method == search.method { return route.position }
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
