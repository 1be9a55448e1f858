import CZlib

/// zlib's packing state for one gzip file.
final class Gzipper {
    // The library keeps a pointer to the structure, so it must stay where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    private static let pieceBytes = 65_536

    enum Ending {
        /// More follows; the library may hold bytes back.
        case more
        /// Everything so far can be unpacked.
        case flush
        /// The file is complete.
        case finish
    }

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        precondition(zlib_start_gzipping(stream) == Z_OK, "zlib could not be initialised")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func pack(_ bytes: [UInt8], _ ending: Ending) -> [UInt8] {
        let flush =
            switch ending {
            case .more: Z_NO_FLUSH
            case .flush: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        var out: [UInt8] = []
        bytes.withUnsafeBufferPointer { input in
            // The library only reads the input; its field lacks the const.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { piece, count in
                    stream.pointee.next_out = piece.baseAddress
                    stream.pointee.avail_out = UInt32(Self.pieceBytes)
                    deflate(stream, flush)
                    count = Self.pieceBytes - Int(stream.pointee.avail_out)
                }
                out.append(contentsOf: piece)
            } while stream.pointee.avail_out == 0
        }
        return out
    }
}
