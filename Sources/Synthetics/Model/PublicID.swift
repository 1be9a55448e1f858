/// Ids of tests at Datadog: `abc-def-ghi`.
enum PublicID {
    /// The first id in a text, which may be the URL of the test.
    static func find(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= length else { return nil }
        return (0...(bytes.count - length)).lazy.map { bytes[$0..<($0 + length)] }.first(where: isID).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let length = 11

    private static func isID(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.enumerated().allSatisfy { position, byte in
            position % 4 == 3 ? byte == UInt8(ascii: "-") : (97...122).contains(byte) || (48...57).contains(byte)
        }
    }
}
