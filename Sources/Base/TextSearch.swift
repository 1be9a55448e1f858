extension String {
    /// As `firstRange(of:)`, which looks at characters one by one, but quick where they are bytes.
    public func range(ofText part: String) -> Range<Index>? {
        guard let offsets = offsets(of: part, limit: 1) else { return firstRange(of: part) }
        return offsets.first.map { range(at: $0, of: part) }
    }

    /// As `split(separator:)`, but quick where characters are bytes.
    public func parts(between separator: String, omittingEmpty: Bool) -> [Substring] {
        guard let offsets = offsets(of: separator, limit: .max) else { return split(separator: separator, omittingEmptySubsequences: omittingEmpty) }
        var parts: [Substring] = []
        parts.reserveCapacity(offsets.count + 1)
        var start = startIndex
        func add(to end: Index) { if start < end || !omittingEmpty { parts.append(self[start..<end]) } }
        for offset in offsets {
            let found = range(at: offset, of: separator)
            add(to: found.lowerBound)
            start = found.upperBound
        }
        add(to: endIndex)
        return parts
    }

    private func range(at offset: Int, of part: String) -> Range<Index> {
        let start = utf8.index(startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: part.utf8.count)
    }

    /// Where a part stands, without overlaps.
    ///
    /// - Returns: Nil where a character can be more than one byte, as CR LF and what is not ASCII; characters are compared then.
    private func offsets(of part: String, limit: Int) -> [Int]? {
        lend { text in
            part.lend { part in
                guard let first = part.first, text.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\r") }) else { return nil }
                var offsets: [Int] = []
                var rest = text
                while offsets.count < limit, let found = rest.firstIndex(of: first), text.endIndex - found >= part.count {
                    if text[found..<found + part.count].elementsEqual(part) {
                        offsets.append(found)
                        rest = text[(found + part.count)...]
                    } else {
                        rest = text[(found + 1)...]
                    }
                }
                return offsets
            }
        }
    }
}
