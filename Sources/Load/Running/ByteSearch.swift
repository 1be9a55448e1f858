#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Looks for texts in bytes; pages are searched too often to become strings first.
enum ByteSearch {
    /// Where `text` begins at or after `start`.
    static func find(_ text: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let first = text.first, let base = bytes.baseAddress else { return nil }
        let last = bytes.count - text.count
        var index = start
        while index <= last, let hit = memchr(base + index, Int32(first), last - index + 1) {
            index = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
            if memcmp(hit, text, text.count) == 0 { return index }
            index += 1
        }
        return nil
    }

    static func contains(_ text: String, in body: [UInt8]) -> Bool {
        text.isEmpty || body.withUnsafeBufferPointer { find(Array(text.utf8), in: $0, from: 0) != nil }
    }

    static func between(_ start: String, _ end: String, in body: [UInt8]) -> String? { scan(start, end, body, limit: 1).first }

    static func allBetween(_ start: String, _ end: String, in body: [UInt8]) -> [String] { scan(start, end, body, limit: .max) }

    private static func scan(_ start: String, _ end: String, _ body: [UInt8], limit: Int) -> [String] {
        let (start, end) = (Array(start.utf8), Array(end.utf8))
        return body.withUnsafeBufferPointer { bytes in
            var found: [String] = []
            var index = 0
            while found.count < limit, let open = find(start, in: bytes, from: index), let close = find(end, in: bytes, from: open + start.count) {
                found.append(String(decoding: bytes[(open + start.count)..<close], as: UTF8.self))
                index = close + end.count
            }
            return found
        }
    }
}
