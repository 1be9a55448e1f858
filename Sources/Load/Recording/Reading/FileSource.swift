import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The bytes of a file.
final class FileSource: ByteSource {
    private let path: String
    private let descriptor: Int32
    private static let pieceBytes = 65_536

    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = systemOpen(path)
        if descriptor < 0 { throw SystemError(call: "opening \(path)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func read(into buffer: inout [UInt8]) throws(SourceError) -> Int {
        var code: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { piece, count in
            var result = systemRead(descriptor, piece.baseAddress, Self.pieceBytes)
            while result < 0, errno == EINTR { result = systemRead(descriptor, piece.baseAddress, Self.pieceBytes) }
            if result < 0 { code = errno }
            count = max(0, result)
        }
        if code != 0 { throw .system(SystemError(call: "reading \(path)", code: code)) }
        buffer.append(contentsOf: piece)
        return piece.count
    }

    /// The file's bytes, unpacked when they are gzip, whatever the name says.
    static func open(_ path: String) throws(SystemError) -> any ByteSource {
        let file = try FileSource(path)
        var start: [UInt8] = []
        var isAtEnd = false
        while start.count < 2, !isAtEnd {
            do { isAtEnd = try file.read(into: &start) == 0 } catch {
                if case .system(let error) = error { throw error }
            }
        }
        let source = PrefixedSource(start, then: file)
        return start.starts(with: [0x1f, 0x8b]) ? GzipSource(source) : source
    }
}

/// Bytes that have been looked at already, then the rest.
private final class PrefixedSource: ByteSource {
    private var start: [UInt8]
    private let rest: FileSource

    init(_ start: [UInt8], then rest: FileSource) {
        self.start = start
        self.rest = rest
    }

    func read(into buffer: inout [UInt8]) throws(SourceError) -> Int {
        guard !start.isEmpty else { return try rest.read(into: &buffer) }
        defer { start = [] }
        buffer.append(contentsOf: start)
        return start.count
    }
}

/// The system calls, which inside a class with methods of the same names need others.
private func systemOpen(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(descriptor, bytes, count) }
