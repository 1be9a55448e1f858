import Base
import CCrypto

extension Base64 {
    /// The bytes that a base64 text stands for, white space left out; nil when it is no base64.
    static func bytes(in text: String) -> [UInt8]? {
        let characters = text.utf8.filter { $0 > 0x20 }
        guard characters.count % 4 == 0, let count = Int32(exactly: characters.count) else { return nil }
        var bytes = [UInt8](repeating: 0, count: characters.count / 4 * 3)
        guard EVP_DecodeBlock(&bytes, characters, count) >= 0 else { return nil }
        // The library decodes the padding to zeros.
        bytes.removeLast(characters.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count)
        return bytes
    }
}
