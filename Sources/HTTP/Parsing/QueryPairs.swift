import Base

/// Names and values of a query or of an `application/x-www-form-urlencoded` body: in order, repeats kept.
///
/// A piece without `=` has an empty value; empty pieces are skipped.
public struct QueryPairs: Sendable, Equatable {
    public struct Pair: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var pairs: [Pair] = []
    /// Escapes that were no escapes; they were left as they are.
    public private(set) var badEscapes = 0
    /// True when there were more pairs than `pairLimit`; the rest is missing.
    public private(set) var isTruncated = false

    /// So that a small body cannot grow into a million strings.
    public static let pairLimit = 1_000

    public init(_ pairs: [Pair] = []) { self.pairs = pairs }

    public init(_ pairs: KeyValuePairs<String, String>) { self.pairs = pairs.map { Pair(name: $0.key, value: $0.value) } }

    /// Decodes the text behind a `?`, or a form body. Any text is accepted.
    public init(parsing text: some StringProtocol) {
        for piece in Substring(text).utf8.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < Self.pairLimit else { isTruncated = true; return }
            let equals = piece.firstIndex(of: UInt8(ascii: "="))
            let value = equals.map { Substring(piece[$0...].dropFirst()) } ?? ""
            pairs.append(
                Pair(
                    name: PercentEncoding.decodeForm(Substring(piece[..<(equals ?? piece.endIndex)]), badEscapes: &badEscapes),
                    value: PercentEncoding.decodeForm(value, badEscapes: &badEscapes)))
        }
    }

    public init(parsing body: [UInt8]) { self.init(parsing: String(decoding: body, as: UTF8.self)) }

    /// The first value of a name; names compare exactly.
    public subscript(_ name: String) -> String? {
        for pair in pairs where pair.name == name { return pair.value }
        return nil
    }

    public func values(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    public mutating func add(_ name: String, _ value: String) { pairs.append(Pair(name: name, value: value)) }

    /// `a=1&b=two+words`, for a query or a form body.
    public var encoded: String {
        pairs.map { "\(PercentEncoding.encode($0.name, for: .form))=\(PercentEncoding.encode($0.value, for: .form))" }
            .joined(separator: "&")
    }
}
