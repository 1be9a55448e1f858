extension JSONParser {
    /// The names of an object while it is read. Objects of one list mostly have the same names: as long as they are the likely ones, none
    /// is decoded, stored or compared with those before.
    struct NameList {
        private let likely: [String]
        /// How many of the likely names were read, until another one came.
        private var likelyCount = 0
        private var own: [String]?
        private var hashed: Set<String> = []

        /// Fewer are compared one by one, which is quicker than hashing them.
        private static var comparedLimit: Int { 12 }

        init(likely: [String]) { self.likely = likely }

        var all: [String] { own ?? (likelyCount == likely.count ? likely : Array(likely[..<likelyCount])) }

        /// The empty text before the first.
        var last: String { own?.last ?? (likelyCount > 0 ? likely[likelyCount - 1] : "") }

        /// Takes the next likely name if that is what comes.
        ///
        /// - Parameter text: What follows the name's first quote.
        /// - Returns: Bytes of the name; nil when it must be read.
        mutating func acceptLikely(_ text: ArraySlice<UInt8>) -> Int? {
            guard own == nil, likelyCount < likely.count else { return nil }
            var name = likely[likelyCount]
            let length = name.withUTF8 { name -> Int? in
                let end = text.startIndex + name.count
                guard end < text.endIndex, text[end] == UInt8(ascii: "\""), text[..<end].elementsEqual(name) else { return nil }
                // What stands escaped in the text is decoded before it is compared.
                return name.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 < 0x20 } ? nil : name.count
            }
            if length != nil { likelyCount += 1 }
            return length
        }

        /// - Returns: False when the name was there before.
        mutating func insert(_ name: String) -> Bool {
            var names = own ?? Array(likely[..<likelyCount])
            own = nil
            defer { own = names }
            if names.count < Self.comparedLimit { guard !names.contains(name) else { return false } } else {
                if hashed.isEmpty { hashed = Set(names) }
                guard hashed.insert(name).inserted else { return false }
            }
            names.append(name)
            return true
        }
    }
}
