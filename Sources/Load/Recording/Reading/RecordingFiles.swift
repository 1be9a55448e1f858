import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Several files of recordings as one, in order of time.
///
/// A file is opened when its first record's turn comes, so that a long recording in many chunks needs little memory.
// @unchecked Sendable: used by one worker at a time, inside its source's mutex.
struct RecordingFiles: @unchecked Sendable {
    /// A pattern that matches no file, or a file that cannot be read.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private let depth: Int
    /// Not open yet, by the time of their first records, earliest last.
    private var waiting: [(path: String, first: Timestamp)] = []
    private var open: [RecordingFile] = []

    /// - Parameter paths: What `expand` gives.
    init(_ paths: [String], depth: Int) throws(Missing) {
        self.depth = depth
        for (index, path) in paths.enumerated() {
            var file = try Self.open(path, depth: 1)
            // A single file need not be read twice; a file that begins with a problem is opened first.
            if paths.count == 1 {
                open = [try Self.open(path, depth: depth)]
            } else if let item = file.peek() {
                waiting.append((path, item.time ?? Timestamp(nanoseconds: Int64(index))))
            }
        }
        waiting.sort { ($1.first, $1.path) < ($0.first, $0.path) }
    }

    /// The files that a pattern names: itself, or what matches its `*`, `?` and `[...]`, in alphabetical order.
    static func expand(_ pattern: String) throws(Missing) -> [String] {
        if access(pattern, F_OK) == 0 { return [pattern] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { throw Missing(description: "no file matches \(pattern)") }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    private static func open(_ path: String, depth: Int) throws(Missing) -> RecordingFile {
        do { return try RecordingFile(path: path, depth: depth) } catch { throw Missing(description: "\(error)") }
    }

    /// The next record of all files; nil at the end. May block.
    mutating func next() -> RecordingItem? {
        while true {
            let earliest = earliestOpen()
            if let last = waiting.last, earliest.map({ last.first <= $0.time }) ?? true {
                waiting.removeLast()
                // Gone or unreadable since it was looked at: the others go on.
                guard let file = try? Self.open(last.path, depth: depth) else {
                    return .problem(RecordingProblem(file: last.path, record: 1, offset: 0, message: "the file cannot be read any more"))
                }
                open.append(file)
                continue
            }
            guard let earliest else { return nil }
            return open[earliest.index].next()
        }
    }

    private mutating func earliestOpen() -> (index: Int, time: Timestamp)? {
        var best: (index: Int, time: Timestamp)?
        var index = 0
        while index < open.count {
            guard let item = open[index].peek() else { open.remove(at: index); continue }
            let time = item.time ?? Timestamp(nanoseconds: .min)
            if best.map({ time < $0.time }) ?? true { best = (index, time) }
            index += 1
        }
        return best
    }
}
