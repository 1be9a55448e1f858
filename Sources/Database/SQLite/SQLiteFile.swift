import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Creation of a database file. Blocks; for worker threads.
enum SQLiteFile {
    /// Writes the image to the path unless something is there. The file appears complete or not at all, also after a crash.
    static func create(at path: String, from image: SQLiteImage) throws(SystemError) {
        guard access(path, F_OK) != 0 else { return }
        let unfinished = path + ".new"
        try copy(image, to: unfinished)
        if rename(unfinished, path) != 0 { throw SystemError(call: "rename \(path)") }
        try synchronize(directoryOf: path)
    }

    private static func copy(_ image: SQLiteImage, to path: String) throws(SystemError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(call: "open \(path)") }
        defer { close(file) }
        var written = 0
        while written < image.byteCount {
            let count = write(file, image.bytes + written, image.byteCount - written)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError(call: "write \(path)") }
            written += count
        }
        if fsync(file) != 0 { throw SystemError(call: "fsync \(path)") }
    }

    /// A new name is on disk only when its directory is.
    private static func synchronize(directoryOf path: String) throws(SystemError) {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(call: "open \(directory)") }
        defer { close(file) }
        if fsync(file) != 0 { throw SystemError(call: "fsync \(directory)") }
    }
}
