extension String {
    /// The lines around one, with their numbers from 1; none when there is no such line.
    ///
    /// Wirings have thousands of lines, of which an error page shows seven: bytes are counted, and only those seven become strings.
    func lines(around number: Int, reach: Int) -> [(number: Int, text: String)] {
        guard number > 0 else { return [] }
        let bytes = utf8
        var found: [(number: Int, text: String)] = []
        var (current, start) = (1, bytes.startIndex)
        while current <= number + reach {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            if current >= number - reach { found.append((current, String(self[start..<end]))) }
            guard end < bytes.endIndex else { break }
            start = bytes.index(after: end)
            current += 1
        }
        return current >= number ? found : []
    }
}
