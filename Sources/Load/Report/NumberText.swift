import Foundation

/// Numbers as C's and Python's formatting writes them.
enum NumberText {
    /// `%.Nf`.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        number.isNaN ? "NaN" : String(format: "%.\(decimals)f", number)
    }

    static func left(_ text: String, _ width: Int) -> String { text + padding(text, width) }
    static func right(_ text: String, _ width: Int) -> String { padding(text, width) + text }

    /// `%Nd` of a number that is cut, not rounded.
    static func whole(_ number: Double, _ width: Int) -> String { right(String(Int(number)), width) }

    private static func padding(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) }
}
