import Base

/// The path and query of a request, decoded.
struct RequestTarget {
    /// Segments of the path, empty ones left out.
    let path: [String]
    let parameters: [(name: String, value: String)]

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0, plusIsSpace: false) }
        parameters = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(sides[0], plusIsSpace: true), sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : "")
        }
    }

    /// The first value; nil when absent or empty, which user interfaces send for "not set".
    subscript(_ name: String) -> String? {
        parameters.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    func all(_ name: String) -> [String] { parameters.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = bytes[index + 1].hexDigitValue,
                let low = bytes[index + 2].hexDigitValue
            {
                out.append(high << 4 | low)
                index += 3
                continue
            }
            out.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }
}
