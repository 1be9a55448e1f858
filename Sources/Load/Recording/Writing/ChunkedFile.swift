import Base
import Foundation

/// A recording's files: each is written up to a size, then the next one begins. Names that end in `.gz` are packed. Blocks.
final class ChunkedFile {
    private let path: String
    private let chunkBytes: Int
    private var nextIndex: Int
    private var descriptor: Int32 = -1
    private var gzipper: Gzipper?
    private var writtenBytes = 0
    /// Of the current chunk, not yet with the system.
    private var waiting: [UInt8] = []

    private static let blockBytes = 65_536

    /// Opens the first file, so that a folder that cannot be written to is found at once.
    ///
    /// - Parameters:
    ///   - path: `_N` is put before its extension; N goes on from files that exist.
    ///   - chunkBytes: The size in the file system from which on the next record begins a new file; 0 means never.
    init(_ path: String, chunkBytes: Int) throws(SystemError) {
        self.path = path
        self.chunkBytes = chunkBytes
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        nextIndex = ChunkName.nextIndex(for: path, existing: names.map { folder + $0 })
        try openNext()
    }

    deinit { if descriptor >= 0 { Foundation.close(descriptor) } }

    /// The file that is written now.
    var currentPath: String { ChunkName.name(path, index: nextIndex - 1) }

    /// Adds a whole record.
    func write(_ record: [UInt8]) throws(SystemError) {
        if chunkBytes > 0, writtenBytes + waiting.count >= chunkBytes {
            try close()
            try openNext()
        }
        waiting.append(contentsOf: record)
        if waiting.count >= Self.blockBytes { try pass(.more) }
    }

    /// Makes everything so far readable for others.
    func flush() throws(SystemError) { try pass(.flush) }

    func close() throws(SystemError) {
        guard descriptor >= 0 else { return }
        try pass(.finish)
        Foundation.close(descriptor)
        descriptor = -1
    }

    private func openNext() throws(SystemError) {
        let name = ChunkName.name(path, index: nextIndex)
        // Recordings hold cookies and passwords: for their owner only.
        descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw SystemError(call: "writing \(name)") }
        gzipper = name.hasSuffix(".gz") ? Gzipper() : nil
        nextIndex += 1
        writtenBytes = 0
        waiting = []
    }

    private func pass(_ ending: Gzipper.Ending) throws(SystemError) {
        let bytes = gzipper?.pack(waiting, ending) ?? waiting
        waiting.removeAll(keepingCapacity: true)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw SystemError(call: "writing \(currentPath)") }
            rest = rest.dropFirst(count)
        }
        writtenBytes += bytes.count
    }
}
