import Base

/// An entity tag (RFC 9110 §8.8.3).
public struct EntityTag: Sendable, Equatable, CustomStringConvertible {
    /// What stands between the quotes.
    public var opaque: String
    public var isWeak: Bool

    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// A tag that changes with the bytes.
    public init(of bytes: some Sequence<UInt8>, isWeak: Bool = false) {
        self.init(Fingerprint(bytes).value.hex, isWeak: isWeak)
    }

    /// As in the `ETag` field: `"abc"` or `W/"abc"`.
    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// True when an `If-None-Match` field names this tag, or is `*`: the client has it, answer 304. Weak and strong tags compare as
    /// equal (RFC 9110 §13.1.2). Tags that are not quoted are ignored.
    public func isNamed(inIfNoneMatch field: String) -> Bool {
        let bytes = Array(field.utf8)
        if Self.isStar(bytes) { return true }
        var index = 0
        while let start = bytes[index...].firstIndex(of: UInt8(ascii: "\"")) {
            guard let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
            if bytes[(start + 1)..<end].elementsEqual(opaque.utf8) { return true }
            index = end + 1
        }
        return false
    }

    private static func isStar(_ bytes: [UInt8]) -> Bool {
        bytes.filter { $0 != 32 && $0 != 9 } == [UInt8(ascii: "*")]
    }
}
