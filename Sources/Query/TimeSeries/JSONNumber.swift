import Base

/// Numbers as JSON writes them.
enum JSONNumber {
    static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? JSONStyle.text(of: number) }
}
