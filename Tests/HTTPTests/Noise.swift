import Base

/// Random input, from arbitrary bytes to nearly right text.
enum Noise {
    private static let fragments = [
        "GET ", "POST ", "/", "?", "&", "=", ";", "%", "%2", "%zz", "%41", "+", " HTTP/1.1\r\n", "Host: x\r\n", "\r\n", "\r\n\r\n", "\n", "--b",
        "--b--", "Content-Disposition: form-data; name=\"a\"", "; filename=\"f\\\"", "Content-Length: ", "5", "99999999999999999999",
        "Transfer-Encoding: chunked\r\n", "Cookie: ", "\"", "\\", ":", "é", "\u{0}", "http://", "#", "..", "a", "1.5", "42", "Expect: 100-continue\r\n",
    ].map { Array($0.utf8) }

    static func bytes(using random: inout SeededRandom) -> [UInt8] {
        var out: [UInt8] = []
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            if random.chance(percentage: 75) {
                out += fragments.randomElement(using: &random)!
            } else {
                out.append(UInt8.random(in: 0...255, using: &random))
            }
        }
        return out
    }

    static func text(using random: inout SeededRandom) -> String { String(decoding: bytes(using: &random), as: UTF8.self) }

    /// Half of them begin like a request, so that the parser gets further than the first line.
    static func request(using random: inout SeededRandom) -> [UInt8] {
        let start = random.chance(percentage: 50) ? Array("POST / HTTP/1.1\r\nHost: x\r\n".utf8) : []
        return start + bytes(using: &random) + bytes(using: &random)
    }
}
