import CZlib

/// Unpacks gzip data (RFC 1952); members that follow each other are one stream, as `cat a.gz b.gz` makes it.
final class GzipSource: ByteSource {
    private let packed: any ByteSource
    private let inflater = Inflater()
    private var input: [UInt8] = []
    private var position = 0
    private var isInMember = false

    init(_ packed: any ByteSource) { self.packed = packed }

    func read(into buffer: inout [UInt8]) throws(SourceError) -> Int {
        while true {
            if position == input.count {
                input.removeAll(keepingCapacity: true)
                position = 0
                if try packed.read(into: &input) == 0 {
                    if isInMember { throw .truncatedGzip }
                    return 0
                }
            }
            // Tapes and block devices fill the end with zeros, which are no member.
            if !isInMember, input[position...].allSatisfy({ $0 == 0 }) { position = input.count; continue }
            isInMember = true
            let before = buffer.count
            guard let result = inflater.inflate(input[position...], into: &buffer) else { throw .damagedGzip }
            position += result.taken
            if result.isAtEnd {
                inflater.reset()
                isInMember = false
            }
            if buffer.count > before { return buffer.count - before }
        }
    }
}

/// zlib's unpacking state.
final class Inflater {
    // The library keeps a pointer to the structure, so it must stay where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    private static let pieceBytes = 65_536

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        precondition(zlib_start_inflating(stream) == Z_OK, "zlib could not be initialised")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func reset() { inflateReset(stream) }

    /// Unpacks as much as fits into one piece.
    ///
    /// - Returns: How many bytes of the input were used, and whether the packed data ended there; nil when they are no such data.
    func inflate(_ input: ArraySlice<UInt8>, into buffer: inout [UInt8]) -> (taken: Int, isAtEnd: Bool)? {
        var code: Int32 = Z_OK
        var left = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { piece, count in
            input.withUnsafeBufferPointer { input in
                // The library only reads the input; its field lacks the const.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = piece.baseAddress
                stream.pointee.avail_out = UInt32(Self.pieceBytes)
                code = CZlib.inflate(stream, Z_NO_FLUSH)
                left = Int(stream.pointee.avail_in)
                count = Self.pieceBytes - Int(stream.pointee.avail_out)
            }
        }
        buffer.append(contentsOf: piece)
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { return nil }
        return (input.count - left, code == Z_STREAM_END)
    }

    /// Unpacks a whole body of Content-Encoding `gzip` or `deflate`; nil when it is not one or has more than `limitBytes`.
    static func body(_ packed: [UInt8], limitBytes: Int) -> [UInt8]? {
        let inflater = Inflater()
        var out: [UInt8] = []
        var rest = packed[...]
        while true {
            let before = out.count
            guard let (taken, isAtEnd) = inflater.inflate(rest, into: &out), out.count <= limitBytes else { return nil }
            if isAtEnd { return out }
            rest = rest.dropFirst(taken)
            if taken == 0, out.count == before { return nil }
        }
    }
}
