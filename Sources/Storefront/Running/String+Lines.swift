extension String {
    /// The lines around one, with their numbers from 1; none when there is no such line.
    ///
    /// Wirings have thousands of lines, of which an error page shows seven: bytes are counted, and only those seven become strings.
    func lines(around number: Int, reach: Int) -> [(number: Int, text: String)] {
        guard number > 0 else { return [] }
        var text = self
        return text.withUTF8 { bytes in
            var found: [(number: Int, text: String)] = []
            var (current, start) = (1, 0)
            while current <= number + reach {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                if current >= number - reach { found.append((current, String(decoding: bytes[start..<end], as: UTF8.self))) }
                guard end < bytes.count else { break }
                start = end + 1
                current += 1
            }
            return current >= number ? found : []
        }
    }
}
