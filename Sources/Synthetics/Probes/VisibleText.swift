import Base

/// What a person sees of a page: text between tags and in fields, without scripts, styles, comments and hidden inputs.
enum VisibleText {
    /// Runs of white space become one space; every tag counts as one.
    static func of(html: [UInt8]) -> String {
        var scanner = Scanner(bytes: html)
        scanner.scan()
        return String(decoding: scanner.out, as: UTF8.self)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var out: [UInt8] = []

        mutating func scan() {
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "<") { tag() } else if byte == UInt8(ascii: "&") { entity() } else { put(byte) }
            }
        }

        private mutating func put(_ byte: UInt8) {
            position += 1
            append(byte)
        }

        private mutating func append(_ byte: UInt8) {
            if byte > 32 { out.append(byte) } else if let last = out.last, last != 32 { out.append(32) }
        }

        private mutating func tag() {
            append(32)
            if starts(with: "<!--") { return skip(past: "-->") }
            let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
            let text = String(decoding: bytes[position..<end].prefix(Self.tagLength), as: UTF8.self)
            position = min(end + 1, bytes.count)
            let name = text.dropFirst().prefix { $0.isLetter }.lowercased()
            switch name {
            case "script", "style": skip(past: "</\(name)>")
            case "input": if attribute("type", of: text) != "hidden", let value = attribute("value", of: text) { field(value) }
            default: break
            }
        }

        /// Pictures stand in attributes and are long; what is read of a tag comes before.
        private static let tagLength = 2_000

        private mutating func field(_ value: String) {
            for byte in value.utf8 { append(byte) }
            append(32)
        }

        private func attribute(_ name: String, of tag: String) -> String? {
            guard let start = tag.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
            return String(tag[start...].prefix { $0 != "\"" })
        }

        private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

        private mutating func skip(past text: String) {
            let wanted = Array(text.utf8)
            while position < bytes.count, !bytes[position...].starts(with: wanted) { position += 1 }
            position = min(position + wanted.count, bytes.count)
        }

        private static let entities: [String: UInt8] = ["amp": 38, "lt": 60, "gt": 62, "quot": 34, "#39": 39, "apos": 39, "nbsp": 32]

        private mutating func entity() {
            let name = String(decoding: bytes[(position + 1)...].prefix(6).prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let byte = Self.entities[name] else { return put(UInt8(ascii: "&")) }
            position = min(position + name.utf8.count + 2, bytes.count)
            append(byte)
        }
    }
}
