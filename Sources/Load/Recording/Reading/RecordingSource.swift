import Base
import Synchronization

/// Where a replay gets its messages from, several at a time.
public protocol RecordingSource: Sendable {
    /// Begins at the first message, again or for the first time.
    func open() async throws
    /// The next messages and problems; empty at the end.
    func nextBatch() async throws -> [RecordingItem]
}

/// Messages that are in memory.
public final class RecordedMessages: RecordingSource {
    private let items: [RecordingItem]
    private let isGiven = Mutex(false)

    public init(_ items: [RecordingItem]) { self.items = items }

    public func open() { isGiven.withLock { $0 = false } }

    public func nextBatch() -> [RecordingItem] {
        isGiven.withLock { isGiven in
            defer { isGiven = true }
            return isGiven ? [] : items
        }
    }
}

/// Messages of GoReplay files and HTTP archives, read on a worker thread.
public final class RecordingFilesSource: RecordingSource {
    public let paths: [String]
    private let depth: Int
    private let files = Mutex<RecordingFiles?>(nil)

    private static let batchCount = 256
    private static let batchBytes = 4 << 20

    /// - Parameters:
    ///   - patterns: Paths, or patterns with `*`, `?`, `[...]`.
    ///   - depth: How many records of a file are looked at ahead to put them in order of time.
    /// - Throws: An error with the pattern that matches no file.
    public init(patterns: [String], depth: Int = 100) throws {
        paths = try patterns.flatMap { try RecordingFiles.expand($0) }
        self.depth = depth
    }

    /// - Throws: An error with the file that cannot be opened.
    public func open() async throws {
        try await WorkerPool.shared.run { [self] in
            let opened = try RecordingFiles(paths, depth: depth)
            files.withLock { $0 = opened }
        }
    }

    public func nextBatch() async throws -> [RecordingItem] {
        try await WorkerPool.shared.run { [self] in
            files.withLock { files in
                var batch: [RecordingItem] = []
                var bytes = 0
                while batch.count < Self.batchCount, bytes < Self.batchBytes, let item = files?.next() {
                    bytes += item.sizeBytes
                    batch.append(item)
                }
                return batch
            }
        }
    }
}
