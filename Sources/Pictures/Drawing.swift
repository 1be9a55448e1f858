import CRSVG
import CTurboJPEG

/// An SVG document, and pictures of it in any size.
public struct Drawing: Sendable {
    public enum Failure: Error, Equatable {
        /// librsvg is not there, or is too old.
        case noLibrary(String)
        /// The document is no SVG, or gives no width and height in pixels.
        case unreadable
        case tooLarge(pixels: Int, limit: Int)
        case notWritten(String)
    }

    /// What may be drawn at once: an edge of 16,383 and 16.8 million pixels in all, which take 64 MiB while they are drawn.
    public static let edgeLimit = 16_383
    public static let pixelLimit = 4_096 * 4_096

    private let document: [UInt8]

    public init(_ document: [UInt8]) { self.document = document }

    /// As JPEG, 4:2:0: the middle of the drawing, enlarged or reduced until it covers the picture, what is too much cut off.
    ///
    /// Blocks for some milliseconds, more for large pictures.
    ///
    /// - Parameters:
    ///   - width, height: In pixels, at least 1.
    ///   - quality: 1 to 100.
    public func jpeg(width: Int, height: Int, isGrey: Bool = false, quality: Int = 80) throws(Failure) -> [UInt8] {
        guard width <= Self.edgeLimit, height <= Self.edgeLimit, width * height <= Self.pixelLimit else {
            throw .tooLarge(pixels: width.multipliedReportingOverflow(by: height).partialValue, limit: Self.pixelLimit)
        }
        // White, where a document draws nothing.
        var pixels = [UInt8](repeating: 255, count: width * height * 4)
        var functions = try Self.library.get().functions
        guard svg_draw(&functions, document, document.count, &pixels, Int32(width), Int32(height)) != 0 else { throw .unreadable }
        return try Self.jpeg(pixels, width, height, isGrey, quality)
    }

    // @unchecked Sendable: C functions, which anybody may call.
    private struct Library: @unchecked Sendable { var functions = svg_library() }

    /// Loaded once; a failure stays as well.
    private static let library: Result<Library, Failure> = {
        var library = Library()
        if let reason = svg_load(&library.functions) { return .failure(.noLibrary(String(cString: reason))) }
        return .success(library)
    }()

    private static func jpeg(_ pixels: [UInt8], _ width: Int, _ height: Int, _ isGrey: Bool, _ quality: Int) throws(Failure) -> [UInt8] {
        guard let compressor = tjInitCompress() else { throw .notWritten("out of memory") }
        defer { tjDestroy(compressor) }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        defer { tjFree(bytes) }
        let sampling = isGrey ? TJSAMP_GRAY : TJSAMP_420
        guard
            tjCompress2(
                compressor, pixels, Int32(width), 0, Int32(height), Int32(TJPF_BGRX.rawValue), &bytes, &count, Int32(sampling.rawValue), Int32(quality), 0) == 0
        else { throw .notWritten(String(cString: tjGetErrorStr2(compressor))) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}

extension Drawing.Failure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noLibrary(let reason): "pictures cannot be drawn without librsvg 2.52 or later (Debian's package librsvg2-2): \(reason)"
        case .unreadable: "the drawing is no SVG document with a width and a height in pixels"
        case .tooLarge(_, let limit): "a picture has at most \(limit) pixels, and \(Drawing.edgeLimit) on an edge"
        case .notWritten(let reason): "the picture cannot be written: \(reason)"
        }
    }
}
