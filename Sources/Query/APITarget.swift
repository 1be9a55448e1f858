import HTTP

/// The path and query of a request to the API, decoded.
struct APITarget {
    /// Segments of the path, empty ones left out; none at all when an escape in the path is malformed.
    let path: [String]
    private let parameters: QueryPairs

    init(_ target: String) {
        let target = RequestTarget(target)
        path = ((try? target.segments()) ?? []).filter { !$0.isEmpty }
        parameters = target.query
    }

    /// The first value; nil when absent or empty, which user interfaces send for "not set".
    subscript(_ name: String) -> String? { all(name).first }

    func all(_ name: String) -> [String] { parameters.values(name).filter { !$0.isEmpty } }
}
