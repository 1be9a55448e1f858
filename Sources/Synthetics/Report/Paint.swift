/// Colours of a terminal, or none.
struct Paint: Sendable {
    let isOn: Bool

    func callAsFunction(_ text: some StringProtocol, _ style: Style) -> String {
        isOn ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : String(text)
    }

    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case boldDim = "1;2"
        case boldRed = "1;31"
        case boldGreen = "1;32"
        case boldYellow = "1;33"
        case boldCyan = "1;36"
        case green = "32"
        case red = "31"
        case yellow = "33"
        case grey = "90"
    }
}

/// The signs before results.
enum Sign {
    static let passed = "✓"
    static let failed = "✖"
    static let skipped = "⇢"
}
