import Base
import HTTP

/// The parts of a request that expressions ask for, decoded when first asked.
final class RequestView {
    private let request: Request
    private let target: RequestTarget
    private(set) lazy var path: String = target.readablePath
    private(set) lazy var query: QueryPairs = target.query
    private lazy var form: QueryPairs = Self.form(of: request)
    private lazy var cookies: [Cookie] = request.cookies
    /// The body as JSON; null when it is none.
    private(set) lazy var json: Value = (try? Value.parse(json: request.body)) ?? .null
    /// The form as Rails and PHP read it: `order[lines][0][id]=5` becomes nested records and lists.
    private(set) lazy var nestedForm: Value = NestedForm.value(of: form.pairs.map { ($0.name, $0.value) })
    private(set) lazy var nestedQuery: Value = NestedForm.value(of: query.pairs.map { ($0.name, $0.value) })

    init(_ request: Request, _ target: RequestTarget) {
        self.request = request
        self.target = target
    }

    var rawQuery: String {
        request.target.firstIndex(of: "?").map { String(request.target[request.target.index(after: $0)...]) } ?? ""
    }

    func query(_ name: String) -> Value { query[name].map { .string($0) } ?? .null }
    func formField(_ name: String) -> Value { form[name].map { .string($0) } ?? .null }
    func cookie(_ name: String) -> Value { cookies.first { $0.name == name }.map { .string($0.value) } ?? .null }

    private static func form(of request: Request) -> QueryPairs {
        let type = request.headers["Content-Type"] ?? ""
        if type.hasPrefix("multipart/form-data") {
            guard let form = try? MultipartForm(body: request.body, contentType: type) else { return QueryPairs() }
            return QueryPairs(form.parts.filter { $0.filename == nil }.map { QueryPairs.Pair(name: $0.name, value: $0.text) })
        }
        return type.hasPrefix("application/x-www-form-urlencoded") ? QueryPairs(parsing: request.body) : QueryPairs()
    }
}

extension RequestTarget {
    /// The decoded path; as sent when an escape in it is malformed.
    var readablePath: String { (try? path()) ?? String(rawPath) }
}

/// Form names with brackets as nested data (the convention of Rack, lib/rack/query_parser.rb): `a[b]` a record, `a[]` a list,
/// `a[][b]` a list of records. Whole-number keys stay record keys, which expressions reach as `lines.0.id`.
enum NestedForm {
    private static let depthLimit = 32

    private indirect enum Node {
        case text(String)
        case list([Node])
        case record([(name: String, node: Node)])
    }

    static func value(of pairs: [(String, String)]) -> Value {
        var root = Node.record([])
        for (name, text) in pairs {
            let keys = keys(of: name)
            if keys.count <= depthLimit { insert(text, at: keys[...], into: &root) }
        }
        return value(root)
    }

    private static func keys(of name: String) -> [String] {
        guard let open = name.firstIndex(of: "["), open != name.startIndex, name.hasSuffix("]") else { return [name] }
        let inner = name[name.index(after: open)...].dropLast()
        return [String(name[..<open])] + inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
    }

    private static func insert(_ text: String, at keys: ArraySlice<String>, into node: inout Node) {
        guard let key = keys.first else { node = .text(text); return }
        let rest = keys.dropFirst()
        if key.isEmpty {
            var elements: [Node] = []
            if case .list(let existing) = node { elements = existing }
            // A record goes on in the last element until one of its names comes again.
            if let next = rest.first, case .record(let members)? = elements.last, !members.contains(where: { $0.name == next }) {
                insert(text, at: rest, into: &elements[elements.count - 1])
            } else {
                var element = Node.record([])
                insert(text, at: rest, into: &element)
                elements.append(element)
            }
            node = .list(elements)
            return
        }
        var members: [(name: String, node: Node)] = []
        if case .record(let existing) = node { members = existing }
        if let index = members.firstIndex(where: { $0.name == key }) {
            insert(text, at: rest, into: &members[index].node)
        } else {
            var child = Node.record([])
            insert(text, at: rest, into: &child)
            members.append((key, child))
        }
        node = .record(members)
    }

    private static func value(_ node: Node) -> Value {
        switch node {
        case .text(let text): .string(text)
        case .list(let elements): .list(elements.map(value))
        case .record(let members): .record(Record(members.map { ($0.name, value($0.node)) }))
        }
    }
}
