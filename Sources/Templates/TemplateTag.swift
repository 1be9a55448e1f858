import Base

/// One tag as it stands in the text.
struct TemplateTag {
    enum Kind {
        case variable(isRaw: Bool)
        case section, inverted, end
        case partial, dynamicPartial
        case comment
        case delimiters
    }

    var kind: Kind
    /// What stands between the sigil and the closing delimiter, without spaces around it.
    var content: String
    var location: SourceLocation
    /// From the first byte of the opening delimiter to behind the closing one.
    var range: Range<Int>

    /// Tags that print nothing take their whole line with them when nothing else is on it.
    var mayStandAlone: Bool { if case .variable = kind { false } else { true } }
}

extension TemplateTag.Kind {
    /// The byte after the opening delimiter that tells the kinds apart; nil is an escaped variable.
    init?(sigil: UInt8) {
        switch sigil {
        case UInt8(ascii: "{"), UInt8(ascii: "&"): self = .variable(isRaw: true)
        case UInt8(ascii: "#"): self = .section
        case UInt8(ascii: "^"): self = .inverted
        case UInt8(ascii: "/"): self = .end
        case UInt8(ascii: ">"): self = .partial
        case UInt8(ascii: "!"): self = .comment
        case UInt8(ascii: "="): self = .delimiters
        default: return nil
        }
    }
}
