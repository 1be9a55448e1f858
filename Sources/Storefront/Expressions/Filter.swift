import Base

/// A named conversion of a value: `{price_cents | money}`.
public struct Filter: Sendable {
    public let name: String
    public let summary: String
    let argumentCount: ClosedRange<Int>
    let signature: String
    let apply: @Sendable (Value, [Value]) throws(ExpressionError) -> Value

    private init(
        _ name: String, _ summary: String, arguments: ClosedRange<Int> = 0...0, _ signature: String = "no argument",
        apply: @escaping @Sendable (Value, [Value]) throws(ExpressionError) -> Value
    ) {
        self.name = name
        self.summary = summary
        argumentCount = arguments
        self.signature = signature
        self.apply = apply
    }

    public static func named(_ name: String) -> Filter? { byName[name] }

    static var names: [String] { all.map(\.name) }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static let all: [Filter] = text + lists + numbers

    private static let text: [Filter] = [
        Filter("upper", "upper-case text") { value, _ in .string(value.text.uppercased()) },
        Filter("lower", "lower-case text") { value, _ in .string(value.text.lowercased()) },
        Filter("trim", "text without spaces around it") { value, _ in
            let text = value.text
            guard let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
            return .string(String(text[first...last]))
        },
        Filter("string", "the value as text") { value, _ in .string(value.text) },
        Filter("json", "the value as JSON text") { value, _ in .string(value.json()) },
        Filter("parse", "JSON text as a value; null when it is not JSON") { value, _ in (try? Value.parse(json: value.text.utf8)) ?? .null },
        Filter("base64", "base64 of text or bytes") { value, _ in
            if case .bytes(let bytes) = value { return .string(Base64.encode(bytes)) }
            return .string(Base64.encode(value.text.utf8))
        },
        Filter("unbase64", "text from base64; null when it is none") { value, _ in
            Base64.decode(value.text).map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null
        },
        Filter("urlencode", "percent-encoded text for a query value") { value, _ in .string(PercentEncoding.encode(value.text)) },
        Filter("length", "characters of text") { value, _ in .int(value.text.count) },
        Filter("default", "the argument when the value is null or empty text", arguments: 1...1, "one argument") { value, arguments in
            value.isNull || value == "" ? arguments[0] : value
        },
        Filter("replace", "every occurrence of the first argument replaced by the second", arguments: 2...2, "two arguments") { value, arguments in
            .string(value.text.parts(between: arguments[0].text, omittingEmpty: false).joined(separator: arguments[1].text))
        },
        Filter("split", "a list of the parts between separators, empty parts left out", arguments: 1...1, "one argument") { value, arguments in
            .list(value.text.parts(between: arguments[0].text, omittingEmpty: true).map { .string(String($0)) })
        },
        Filter("before", "the text before the first separator, or all", arguments: 1...1, "one argument") { value, arguments in
            let text = value.text
            return .string(text.range(ofText: arguments[0].text).map { range in String(text[..<range.lowerBound]) } ?? text)
        },
        Filter("after", "the text after the first separator, or \"\"", arguments: 1...1, "one argument") { value, arguments in
            let text = value.text
            return .string(text.range(ofText: arguments[0].text).map { range in String(text[range.upperBound...]) } ?? "")
        },
        Filter("last", "the last N characters", arguments: 1...1, "one argument") { value, arguments in
            .string(String(value.text.suffix(max(0, arguments[0].integer ?? 0))))
        },
    ]

    private static let lists: [Filter] = [
        Filter("count", "elements of a list, 0 for null") { value, _ in .int(value.elements?.count ?? value.fields?.values.count ?? 0) },
        Filter("first", "the first element, null of an empty list") { value, _ in value.elements?.first ?? .null },
        Filter("take", "the first N elements", arguments: 1...1, "one argument") { value, arguments in
            .list(Array((value.elements ?? []).prefix(max(0, arguments[0].integer ?? 0))))
        },
        Filter("drop", "all but the first N elements", arguments: 1...1, "one argument") { value, arguments in
            .list(Array((value.elements ?? []).dropFirst(max(0, arguments[0].integer ?? 0))))
        },
        Filter("join", "texts of the elements with a separator", arguments: 1...1, "one argument") { value, arguments in
            .string((value.elements ?? []).map(\.text).joined(separator: arguments[0].text))
        },
        Filter("pluck", "one field of each element", arguments: 1...1, "one argument") { value, arguments in
            .list((value.elements ?? []).map { $0[arguments[0].text] ?? .null })
        },
        Filter("where", "the elements whose field equals a value", arguments: 2...2, "two arguments") { value, arguments in
            .list((value.elements ?? []).filter { Arithmetic.areEqual($0[arguments[0].text] ?? .null, arguments[1]) })
        },
        Filter("distinct", "the elements without repetitions, or without those that repeat one field; the first stays", arguments: 0...1, "at most one argument") {
            value, arguments in
            var seen: Set<String> = []
            return .list((value.elements ?? []).filter { element in
                seen.insert((arguments.first.map { element[$0.text] ?? .null } ?? element).json()).inserted
            })
        },
        Filter("sum", "sum of numbers, or of one field of each element", arguments: 0...1, "at most one argument") { (value, arguments) throws(ExpressionError) in
            var total: Value = 0
            for element in value.elements ?? [] {
                total = try Arithmetic.apply(.plus, total, arguments.first.map { element[$0.text] ?? .null } ?? element)
            }
            return total
        },
        Filter("numbered", "pairs {index, item} counted from 0") { value, _ in
            .list((value.elements ?? []).enumerated().map { .object(["index": .int($0), "item": $1]) })
        },
        Filter("range", "the whole numbers from 1 to the value") { value, _ in
            .list((0..<min(max(0, value.integer ?? 0), 10_000)).map { .int($0 + 1) })
        },
    ]

    private static let numbers: [Filter] = [
        Filter("int", "a whole number; null when it is none") { value, _ in value.integer.map { .int($0) } ?? .null },
        Filter("number", "a number; null when it is none") { value, _ in value.integer.map { .int($0) } ?? value.number.map { .double($0) } ?? .null },
        Filter("float", "a number that is always written with a decimal point") { value, _ in value.number.map { .double($0) } ?? .null },
        Filter("money", "cents as dollars: $15.99") { value, _ in
            let cents = value.integer ?? 0
            return .string((cents < 0 ? "-$" : "$") + Self.decimal(cents.magnitude, grouping: true))
        },
        Filter("decimal", "cents as a decimal number in text: 15.99, 5.0 (as Ruby prints decimals)") { value, _ in
            let cents = value.integer ?? 0
            let full = (cents < 0 ? "-" : "") + Self.decimal(cents.magnitude, grouping: false)
            return .string(full.hasSuffix("0") ? String(full.dropLast()) : full)
        },
        Filter("fixed", "a number with N decimals", arguments: 1...1, "one argument") { value, arguments in
            .string(Self.fixed(value.number ?? 0, decimals: min(max(0, arguments[0].integer ?? 0), 9)))
        },
        Filter("max", "the larger of two numbers", arguments: 1...1, "one argument") { value, arguments in
            (value.number ?? 0) >= (arguments[0].number ?? 0) ? value : arguments[0]
        },
        Filter("min", "the smaller of two numbers", arguments: 1...1, "one argument") { value, arguments in
            (value.number ?? 0) <= (arguments[0].number ?? 0) ? value : arguments[0]
        },
        Filter("ceiling", "rounded up to a whole number") { value, _ in Self.whole((value.number ?? 0).rounded(.up)) },
        Filter("rounded", "rounded to a whole number, halves away from zero") { value, _ in Self.whole((value.number ?? 0).rounded()) },
        Filter("float32", "the nearest number of 32 bits, to reckon as programs do that keep money in a `float`") { value, _ in
            value.number.map { .double(Double(Float($0))) } ?? .null
        },
        Filter("short32", "the shortest decimal number that is read as the same number of 32 bits: 104.979996") { value, _ in
            value.number.flatMap { Double(Float($0).description) }.map { number in Int(exactly: number).map { .int($0) } ?? .double(number) } ?? .null
        },
        Filter("hex", "a whole number in hexadecimal digits, padded with zeros to N", arguments: 1...1, "one argument") { value, arguments in
            let digits = String(max(0, value.integer ?? 0), radix: 16)
            return .string(String(repeating: "0", count: max(0, min(64, arguments[0].integer ?? 0) - digits.count)) + digits)
        },
        Filter("duration", "nanoseconds as Go prints a duration: 1.5s, 236.974386ms, 25.772µs") { value, _ in
            .string(Self.duration(ofNanoseconds: max(0, value.integer ?? 0)))
        },
        Filter("bool", "true or false, as conditions see the value") { value, _ in .bool(value.isTruthy) },
    ]

    /// A whole number where it fits; numbers beyond the range of integers stay as they are.
    private static func whole(_ number: Double) -> Value { Int(exactly: number).map { .int($0) } ?? .double(number) }

    /// Go's `time.Duration.String` below a minute; minutes and hours stay seconds.
    static func duration(ofNanoseconds nanoseconds: Int) -> String {
        let (unit, name) =
            nanoseconds >= 1_000_000_000 ? (1_000_000_000, "s") : nanoseconds >= 1_000_000 ? (1_000_000, "ms") : nanoseconds >= 1_000 ? (1_000, "µs") : (1, nanoseconds == 0 ? "s" : "ns")
        var fraction = String(String(unit + nanoseconds % unit).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(nanoseconds / unit)" + (fraction.isEmpty ? "" : "." + fraction) + name
    }

    static func decimal(_ cents: UInt, grouping: Bool) -> String {
        var whole = String(cents / 100)
        if grouping {
            var position = whole.count - 3
            while position > 0 {
                whole.insert(",", at: whole.index(whole.startIndex, offsetBy: position))
                position -= 3
            }
        }
        let rest = cents % 100
        return whole + (rest < 10 ? ".0" : ".") + String(rest)
    }

    static func fixed(_ number: Double, decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(number) * Double(scale)).rounded()
        guard scaled < 9e17 else { return JSONStyle.text(of: number) }
        let units = Int(scaled)
        let fraction = String(units % scale)
        let sign = number < 0 && units != 0 ? "-" : ""
        return decimals == 0 ? sign + String(units) : sign + String(units / scale) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
