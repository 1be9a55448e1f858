/// Sizes as GoReplay takes them: a plain number of bytes, or with `kb`, `mb`, `gb`, `tb` behind it (internal/size/size.go).
public enum ByteSize {
    /// Nil for anything else and for what does not fit.
    public static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let factor = factors[text[digits.endIndex...].lowercased()] else { return nil }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : bytes
    }

    private static let factors = ["": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40]
}
