import Base

/// One file of a recording, read in order of time.
///
/// Records that are out of order are put right as far as a look-ahead of some records reaches (GoReplay's `--input-file-read-depth`).
struct RecordingFile {
    let path: String
    private var reader: Reader
    private var window: [RecordingItem] = []
    private var windowBytes = 0
    private let depth: Int

    private enum Reader {
        case goReplay(GoReplayReader)
        case archive(ArraySlice<RecordingItem>)
    }

    /// Look-ahead in bytes, so that large bodies do not make it a large memory.
    private static let windowLimitBytes = 16 << 20

    init(path: String, depth: Int) throws(SystemError) {
        self.path = path
        self.depth = max(1, depth)
        let source = try FileSource.open(path)
        if path.hasSuffix(".har") || path.hasSuffix(".har.gz") {
            reader = .archive(HARReader.read(source, file: path)[...])
        } else {
            reader = .goReplay(GoReplayReader(source, file: path))
        }
    }

    /// The earliest time among what comes next; nil at the end or before a problem.
    mutating func peek() -> RecordingItem? {
        fill()
        return window.first
    }

    mutating func next() -> RecordingItem? {
        fill()
        guard !window.isEmpty else { return nil }
        let item = window.removeFirst()
        windowBytes -= item.sizeBytes
        return item
    }

    /// Keeps the window sorted; equal times stay in the file's order, and problems stand before everything.
    private mutating func fill() {
        while window.count < depth, windowBytes < Self.windowLimitBytes || window.isEmpty, let item = read() {
            windowBytes += item.sizeBytes
            var place = window.endIndex
            while place > 0, Self.isLess(item, window[place - 1]) { place -= 1 }
            window.insert(item, at: place)
        }
    }

    private static func isLess(_ left: RecordingItem, _ right: RecordingItem) -> Bool {
        switch (left.time, right.time) {
        case (let left?, let right?): left < right
        case (nil, .some): true
        default: false
        }
    }

    private mutating func read() -> RecordingItem? {
        switch reader {
        case .goReplay(var goReplay):
            // Out of the enumeration while it changes, or its buffer would be copied.
            reader = .archive([])
            defer { reader = .goReplay(goReplay) }
            return goReplay.next()
        case .archive(var items):
            defer { reader = .archive(items) }
            return items.popFirst()
        }
    }
}
