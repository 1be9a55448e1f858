/// Part of the memory that a text lends while a closure runs: what every request carries is read without making strings of its parts.
public typealias LentText = Slice<UnsafeBufferPointer<UInt8>>

extension String {
    public func lend<Result>(_ body: (LentText) -> Result) -> Result {
        var text = self
        return text.withUTF8 { body($0[...]) }
    }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
    /// Without spaces and tabs at both ends.
    public var trimmed: LentText {
        var part = self
        while let first = part.first, first == 32 || first == 9 { part = part.dropFirst() }
        while let last = part.last, last == 32 || last == 9 { part = part.dropLast() }
        return part
    }

    public func starts(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && prefix(text.utf8CodeUnitCount) == text
    }

    public static func == (part: LentText, text: StaticString) -> Bool {
        part.count == text.utf8CodeUnitCount && text.withUTF8Buffer { part.elementsEqual($0) }
    }

    /// So that the cases of a switch can be such texts.
    public static func ~= (text: StaticString, part: LentText) -> Bool { part == text }

    /// What stands before and behind the first such character; nil without one.
    public func halves(at separator: UInt8) -> (head: LentText, tail: LentText)? {
        firstIndex(of: separator).map { (self[..<$0], self[($0 + 1)...]) }
    }

    /// Calls the closure with each part between such characters that is not empty.
    public func forEachPart(between separator: UInt8, _ body: (LentText) -> Void) {
        var rest = self
        while let end = rest.firstIndex(of: separator) {
            if end > rest.startIndex { body(rest[..<end]) }
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { body(rest) }
    }

    public var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt64 {
    /// Parses decimal digits; nil for anything else, and for what does not fit.
    public init?(decimalDigits part: LentText) {
        guard !part.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in part {
            guard (48...57).contains(byte) else { return nil }
            let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooMuch) = shifted.addingReportingOverflow(UInt64(byte - 48))
            if isTooLarge || isTooMuch { return nil }
            value = sum
        }
        self = value
    }
}
