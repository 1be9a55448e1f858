/// What a JSON document becomes while it is parsed: nodes with places, or plain values.
protocol JSONBuilder {
    associatedtype Product

    /// Whether `object` is told where the names stand.
    static var wantsNamePlaces: Bool { get }

    mutating func scalar(_ scalar: JSONScalar, at place: JSONPlace) -> Product
    mutating func list(_ elements: [Product], at place: JSONPlace) -> Product
    /// - Parameters:
    ///   - names: Each once, in the order of the text.
    ///   - namePlaces: Empty when nobody wants them.
    mutating func object(_ names: [String], _ values: [Product], namePlaces: [JSONPlace], at place: JSONPlace) -> Product
}

enum JSONScalar {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
}

/// Line and column in the parsed text, from 1.
struct JSONPlace {
    var line: Int
    var column: Int
}

struct JSONNodeBuilder: JSONBuilder {
    static let wantsNamePlaces = true

    let file: String

    func scalar(_ scalar: JSONScalar, at place: JSONPlace) -> JSONNode {
        let content: JSONNode.Content =
            switch scalar {
            case .null: .null
            case .bool(let flag): .bool(flag)
            case .int(let number): .int(number)
            case .double(let number): .double(number)
            case .string(let text): .string(text)
            }
        return JSONNode(content, at: location(place))
    }

    func list(_ elements: [JSONNode], at place: JSONPlace) -> JSONNode { JSONNode(.array(elements), at: location(place)) }

    func object(_ names: [String], _ values: [JSONNode], namePlaces: [JSONPlace], at place: JSONPlace) -> JSONNode {
        let members = names.indices.map { JSONNode.Member(name: names[$0], nameLocation: location(namePlaces[$0]), value: values[$0]) }
        return JSONNode(.object(members), at: location(place))
    }

    private func location(_ place: JSONPlace) -> SourceLocation { SourceLocation(file: file, line: place.line, column: place.column) }
}

struct JSONValueBuilder: JSONBuilder {
    static let wantsNamePlaces = false

    /// Of the objects before: those of one list mostly have the same names.
    private var layouts: [Layout] = []
    private static let layoutLimit = 8

    func scalar(_ scalar: JSONScalar, at place: JSONPlace) -> Value {
        switch scalar {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        }
    }

    func list(_ elements: [Value], at place: JSONPlace) -> Value { .list(elements) }

    mutating func object(_ names: [String], _ values: [Value], namePlaces: [JSONPlace], at place: JSONPlace) -> Value {
        .record(Record(layout: layout(of: names), values: values))
    }

    private mutating func layout(of names: [String]) -> Layout {
        if let known = layouts.last(where: { $0.names == names }) { return known }
        if layouts.count == Self.layoutLimit { layouts.removeFirst() }
        let new = Layout(names)
        layouts.append(new)
        return new
    }
}
