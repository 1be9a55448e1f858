import Base

/// Amounts of processor and memory as Kubernetes writes them (Quantity of its resource model, as far as containers need it).
public enum Quantity {
    /// `"250m"`, `"0.25"` and 0.25 are 250 millicores. Nil when it is no such amount.
    static func millicores(_ value: Value) -> Double? {
        guard case .string(let text) = value else { return positive(value).map { $0 * 1_000 } }
        if text.hasSuffix("m") { return positive(text.dropLast()) }
        return positive(text[...]).map { $0 * 1_000 }
    }

    /// `"300Mi"`, `"1Gi"` and 314572800 (bytes) in MiB. Nil when it is no such amount.
    static func mebibytes(_ value: Value) -> Double? {
        guard case .string(let text) = value else { return positive(value).map { $0 / 1_048_576 } }
        for (suffix, factor) in [("Ki", 1.0 / 1_024), ("Mi", 1), ("Gi", 1_024), ("k", 1e3 / 1_048_576), ("M", 1e6 / 1_048_576), ("G", 1e9 / 1_048_576)]
        where text.hasSuffix(suffix) {
            return positive(text.dropLast(suffix.count)).map { $0 * factor }
        }
        return positive(text[...]).map { $0 / 1_048_576 }
    }

    private static func positive(_ value: Value) -> Double? {
        switch value {
        case .int, .double: value.number.flatMap { $0 >= 0 ? $0 : nil }
        default: nil
        }
    }

    private static func positive(_ text: Substring) -> Double? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// As `kubectl top` prints it: `240m`.
    public static func text(millicores: Double) -> String { "\(Int(millicores.rounded(.up)))m" }

    /// As `kubectl top` prints it: `597Mi`.
    public static func text(mebibytes: Double) -> String { "\(Int(mebibytes))Mi" }
}
