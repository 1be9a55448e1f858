import Base

/// Text with expressions in braces: `Discounts available: {discounts.count}`; `{{` and `}}` stand for single braces.
public struct TextTemplate {
    enum Part {
        case literal(String)
        case expression(Expression)
    }

    let parts: [Part]

    static func parse(_ text: String, scope: Scope) throws(SyntaxError) -> TextTemplate {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = 0
        let open = UInt8(ascii: "{"), close = UInt8(ascii: "}")
        while index < bytes.count {
            let byte = bytes[index]
            if byte == open || byte == close, index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 2
            } else if byte == open {
                guard let end = bytes[index...].firstIndex(of: close) else { throw SyntaxError(message: "\"{\" without \"}\"; write {{ for a brace", offset: index) }
                if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                var parser = ExpressionParser(bytes, from: index + 1, to: end, scope: scope)
                parts.append(.expression(try parser.whole()))
                index = end + 1
            } else if byte == close {
                throw SyntaxError(message: "\"}\" without \"{\"; write }} for a brace", offset: index)
            } else {
                literal.append(byte)
                index += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
        return TextTemplate(parts: parts)
    }

    /// The expression when the text is nothing else: its value then keeps its type.
    var soleExpression: Expression? {
        if parts.count == 1, case .expression(let expression) = parts[0] { expression } else { nil }
    }

    /// The text when it holds no expression.
    public var constant: String? {
        if parts.isEmpty { return "" }
        if parts.count == 1, case .literal(let text) = parts[0] { return text }
        return nil
    }

    public func text(_ frame: Frame) throws(ExpressionError) -> String {
        if let constant { return constant }
        var result = ""
        for part in parts {
            switch part {
            case .literal(let text): result += text
            case .expression(let expression): result += try expression.evaluate(frame).text
            }
        }
        return result
    }
}
