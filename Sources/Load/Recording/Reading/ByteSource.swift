import Base

/// Where a reader gets its bytes from, piece by piece.
protocol ByteSource: AnyObject {
    /// Appends the next bytes; may block.
    ///
    /// - Returns: How many were appended; 0 only at the end.
    func read(into buffer: inout [UInt8]) throws(SourceError) -> Int
}

/// Why the bytes end before their end.
enum SourceError: Error, CustomStringConvertible {
    case system(SystemError)
    /// Not gzip, or changed since it was packed.
    case damagedGzip
    /// The packed data stops in the middle: its writer was killed, or it was copied in part.
    case truncatedGzip

    var description: String {
        switch self {
        case .system(let error): error.description
        case .damagedGzip: "the gzip data is damaged here"
        case .truncatedGzip: "the gzip data is cut short here: its writer did not finish it, or it was copied in part"
        }
    }
}

/// Bytes in memory, in pieces of a given size.
final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let pieceBytes: Int
    private var position = 0

    init(_ bytes: [UInt8], pieceBytes: Int = 65_536) {
        self.bytes = bytes
        self.pieceBytes = pieceBytes
    }

    func read(into buffer: inout [UInt8]) -> Int {
        let piece = bytes[position..<min(position + pieceBytes, bytes.count)]
        buffer.append(contentsOf: piece)
        position += piece.count
        return piece.count
    }
}
