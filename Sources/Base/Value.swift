/// The names of a record's fields, shared by all records of one query or one shape.
public final class Layout: Sendable {
    public let names: [String]
    /// Empty for few names: comparing them is quicker than hashing one.
    private let indices: [String: Int]

    private static let comparedLimit = 8

    public init(_ names: [String]) {
        self.names = names
        indices = names.count <= Self.comparedLimit ? [:] : Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func index(of name: String) -> Int? { names.count <= Self.comparedLimit ? names.firstIndex(of: name) : indices[name] }
}

/// An ordered set of named values: a database row, a JSON object, the view model of a page.
public struct Record: Sendable, Equatable {
    public let layout: Layout
    public var values: [Value]

    public init(layout: Layout, values: [Value]) {
        precondition(layout.names.count == values.count, "a record needs one value for each name of its layout")
        self.layout = layout
        self.values = values
    }

    public init(_ members: [(String, Value)]) {
        layout = Layout(members.map(\.0))
        values = members.map(\.1)
    }

    public subscript(_ name: String) -> Value? {
        layout.index(of: name).map { values[$0] }
    }

    public static func == (left: Record, right: Record) -> Bool {
        (left.layout === right.layout || left.layout.names == right.layout.names) && left.values == right.values
    }
}

/// What flows between steps, into responses and into views: JSON's types, integers kept exact, and bytes.
public enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    case record(Record)

    public static func object(_ members: KeyValuePairs<String, Value>) -> Value {
        .record(Record(members.map { ($0.key, $0.value) }))
    }

    /// The field of a record, or the element of a list when the name is a number ("-1" counts from the end). Nil when absent.
    public subscript(_ name: String) -> Value? {
        switch self {
        case .record(let record): return record[name]
        case .list(let elements):
            if name == "count" { return .int(elements.count) }
            guard let number = Int(name) else { return nil }
            let index = number < 0 ? elements.count + number : number
            return elements.indices.contains(index) ? elements[index] : nil
        default: return nil
        }
    }

    /// As in most template languages: null, false, "", 0, and empty lists are false.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0
        case .string(let text): !text.isEmpty
        case .bytes(let bytes): !bytes.isEmpty
        case .list(let elements): !elements.isEmpty
        case .record: true
        }
    }

    /// Text for a template or a log line: strings as they are, null empty, numbers shortest, lists and records as JSON.
    public var text: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): JSONStyle.text(of: number)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .list, .record: json()
        }
    }

    /// An integer from an integer, a whole double or decimal digits; nil otherwise.
    public var integer: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        case .string(let text): Int(text)
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }

    public var elements: [Value]? { if case .list(let elements) = self { elements } else { nil } }
    public var fields: Record? { if case .record(let record) = self { record } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
}
