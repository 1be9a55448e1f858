/// Reads RFC 8259 JSON; a builder makes of it what is wanted.
struct JSONParser<Builder: JSONBuilder> {
    /// Deeper documents are refused instead of overflowing the stack.
    private static var depthLimit: Int { 200 }

    private var builder: Builder
    private let bytes: [UInt8]
    private let file: String
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0
    /// Names of the object that was read last, the outer one after its inner ones.
    private var lastNames: [String] = []

    init(bytes: [UInt8], file: String, builder: Builder) {
        self.builder = builder
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3; lineStart = 3 }
    }

    mutating func document() throws(Problem) -> Builder.Product {
        let product = try value()
        skipSpace()
        if index < bytes.count { throw problem("unexpected \(quoted(bytes[index])) after the end of the document") }
        return product
    }

    private var place: JSONPlace { JSONPlace(line: line, column: index - lineStart + 1) }

    private func problem(_ message: String) -> Problem { problem(message, at: place) }

    private func problem(_ message: String, at place: JSONPlace) -> Problem {
        Problem(message, at: SourceLocation(file: file, line: place.line, column: place.column))
    }

    private func quoted(_ byte: UInt8) -> String {
        (0x21...0x7e).contains(byte) ? "\"\(Character(UnicodeScalar(byte)))\"" : "byte 0x\(String(byte, radix: 16))"
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
            default: return
            }
        }
    }

    /// - Parameter likelyNames: Of the value, should it be an object: those of the one before in the list.
    private mutating func value(likelyNames: [String] = []) throws(Problem) -> Builder.Product {
        skipSpace()
        let start = place
        guard index < bytes.count else { throw problem("the document ends where a value should be") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(at: start, likelyNames)
        case UInt8(ascii: "["): return try array(at: start)
        case UInt8(ascii: "\""): return builder.scalar(.string(try string()), at: start)
        case UInt8(ascii: "t"): return try word("true", .bool(true), at: start)
        case UInt8(ascii: "f"): return try word("false", .bool(false), at: start)
        case UInt8(ascii: "n"): return try word("null", .null, at: start)
        case UInt8(ascii: "-"), 48...57: return try number(at: start)
        case let other: throw problem("unexpected \(quoted(other)); a value starts with {, [, a quote, a digit, true, false or null")
        }
    }

    private mutating func word(_ text: StaticString, _ scalar: JSONScalar, at start: JSONPlace) throws(Problem) -> Builder.Product {
        let matches = text.withUTF8Buffer { bytes[index...].starts(with: $0) }
        guard matches else { throw problem("unknown word; did you mean \(text)?") }
        index += text.utf8CodeUnitCount
        return builder.scalar(scalar, at: start)
    }

    private mutating func enter() throws(Problem) {
        depth += 1
        if depth > Self.depthLimit { throw problem("nested deeper than \(Self.depthLimit) levels") }
        index += 1
        skipSpace()
    }

    private mutating func object(at start: JSONPlace, _ likelyNames: [String]) throws(Problem) -> Builder.Product {
        try enter()
        defer { depth -= 1 }
        var names = NameList(likely: likelyNames)
        var namePlaces: [JSONPlace] = []
        var values: [Builder.Product] = []
        values.reserveCapacity(likelyNames.count)
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") { index += 1; return builder.object([], [], namePlaces: [], at: start) }
        while true {
            skipSpace()
            if Builder.wantsNamePlaces { namePlaces.append(place) }
            try name(into: &names)
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw problem("expected \":\" after the name \"\(names.last)\"") }
            index += 1
            values.append(try value())
            skipSpace()
            guard index < bytes.count else { throw problem("the document ends inside an object") }
            if bytes[index] == UInt8(ascii: ",") { index += 1; continue }
            if bytes[index] == UInt8(ascii: "}") {
                index += 1
                lastNames = names.all
                return builder.object(lastNames, values, namePlaces: namePlaces, at: start)
            }
            throw problem("expected \",\" or \"}\", found \(quoted(bytes[index]))")
        }
    }

    private mutating func name(into names: inout NameList) throws(Problem) {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            throw problem(index < bytes.count ? "expected a name in quotes, found \(quoted(bytes[index]))" : "the document ends inside an object")
        }
        if let length = names.acceptLikely(bytes[(index + 1)...]) {
            index += length + 2
            return
        }
        let start = place
        let name = try string()
        if !names.insert(name) { throw problem("the name \"\(name)\" stands twice in this object", at: start) }
    }

    private mutating func array(at start: JSONPlace) throws(Problem) -> Builder.Product {
        try enter()
        defer { depth -= 1 }
        var elements: [Builder.Product] = []
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1; return builder.list([], at: start) }
        while true {
            elements.append(try value(likelyNames: elements.isEmpty ? [] : lastNames))
            skipSpace()
            guard index < bytes.count else { throw problem("the document ends inside a list") }
            if bytes[index] == UInt8(ascii: ",") { index += 1; continue }
            if bytes[index] == UInt8(ascii: "]") { index += 1; return builder.list(elements, at: start) }
            throw problem("expected \",\" or \"]\", found \(quoted(bytes[index]))")
        }
    }

    private mutating func number(at start: JSONPlace) throws(Problem) -> Builder.Product {
        let first = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let digitsStart = index
        skipDigits()
        if index == digitsStart { throw problem("expected a digit") }
        if bytes[digitsStart] == UInt8(ascii: "0") && index - digitsStart > 1 { throw problem("a number must not start with 0", at: start) }
        var isWhole = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            let fraction = index
            skipDigits()
            if index == fraction { throw problem("expected a digit after the decimal point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            let exponent = index
            skipDigits()
            if index == exponent { throw problem("expected a digit in the exponent") }
        }
        let text = String(decoding: bytes[first..<index], as: UTF8.self)
        if isWhole, let number = Int(text) { return builder.scalar(.int(number), at: start) }
        guard let number = Double(text), number.isFinite else { throw problem("the number \(text) is out of range", at: start) }
        return builder.scalar(.double(number), at: start)
    }

    private mutating func skipDigits() {
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
    }

    private mutating func string() throws(Problem) -> String {
        let start = place
        index += 1
        var chunk = index
        var decoded: [UInt8]? = nil
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let tail = bytes[chunk..<index]
                index += 1
                guard var all = decoded else { return try text(tail, at: start) }
                all.append(contentsOf: tail)
                return try text(all[...], at: start)
            case UInt8(ascii: "\\"):
                decoded = (decoded ?? []) + bytes[chunk..<index]
                index += 1
                try escape(into: &decoded!)
                chunk = index
            case 0..<0x20: throw problem("a line break or control character inside a string; write \\n, \\t or \\u00XX")
            default: index += 1
            }
        }
        throw problem("this string has no closing quote", at: start)
    }

    private func text(_ utf8: ArraySlice<UInt8>, at start: JSONPlace) throws(Problem) -> String {
        // Most are, and ASCII need not be validated.
        if utf8.allSatisfy({ $0 < 0x80 }) { return String(decoding: utf8, as: UTF8.self) }
        guard let text = String(validating: utf8, as: UTF8.self) else { throw problem("this string is not valid UTF-8", at: start) }
        return text
    }

    private mutating func escape(into out: inout [UInt8]) throws(Problem) {
        guard index < bytes.count else { throw problem("the document ends inside a string") }
        let letter = bytes[index]
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(letter)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0c)
        case UInt8(ascii: "n"): out.append(0x0a)
        case UInt8(ascii: "r"): out.append(0x0d)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexUnit()
            if (0xd800..<0xdc00).contains(unit) {
                guard bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { throw problem("half of a surrogate pair") }
                index += 2
                let low = try hexUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw problem("half of a surrogate pair") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = UnicodeScalar(unit) else { throw problem("half of a surrogate pair") }
            out.append(contentsOf: Array(String(scalar).utf8))
        default: throw problem("unknown escape \\\(UnicodeScalar(letter))")
        }
    }

    private mutating func hexUnit() throws(Problem) -> UInt32 {
        guard index + 4 <= bytes.count else { throw problem("expected four hexadecimal digits after \\u") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = bytes[index].hexDigitValue else { throw problem("expected four hexadecimal digits after \\u") }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }
}
