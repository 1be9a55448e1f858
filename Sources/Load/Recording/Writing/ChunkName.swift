/// Names of a recording's files as GoReplay makes them: `_N` stands before the extension (buger/goreplay output_file.go).
enum ChunkName {
    /// `requests.gor` gives `requests_0.gor`, `requests_3.gor` gives `requests_0.gor`; of `requests.gor.gz` only `.gz` is the extension.
    static func name(_ path: String, index: Int) -> String {
        let (stem, fileExtension) = parts(path)
        return "\(stem)_\(index)\(fileExtension)"
    }

    /// The index behind the highest one among existing files of the same recording; 0 without any.
    static func nextIndex(for path: String, existing: some Sequence<String>) -> Int {
        let (stem, fileExtension) = parts(path)
        let highest = existing.compactMap { name -> Int? in
            guard name.hasPrefix(stem + "_"), name.hasSuffix(fileExtension) else { return nil }
            let digits = name.dropFirst(stem.count + 1).dropLast(fileExtension.count)
            return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
        }.max()
        return highest.map { $0 + 1 } ?? 0
    }

    /// What stands before `_N`, and the extension with its dot.
    private static func parts(_ path: String) -> (stem: String, fileExtension: String) {
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let dot = path[nameStart...].lastIndex(of: ".") ?? path.endIndex
        var stem = path[..<dot]
        if let underscore = stem[nameStart...].lastIndex(of: "_"), Int(stem[stem.index(after: underscore)...]) != nil { stem = stem[..<underscore] }
        return (String(stem), String(path[dot...]))
    }
}
