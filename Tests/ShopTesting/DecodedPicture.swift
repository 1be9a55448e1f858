import CTurboJPEG

/// A JPEG, decoded by libjpeg-turbo.
public struct DecodedPicture {
    public struct Color: Equatable {
        public var red: Int
        public var green: Int
        public var blue: Int

        /// JPEG loses a little.
        public func isLike(_ red: Int, _ green: Int, _ blue: Int, within limit: Int = 12) -> Bool {
            abs(self.red - red) < limit && abs(self.green - green) < limit && abs(self.blue - blue) < limit
        }
    }

    public struct Unreadable: Error {}

    public let width: Int
    public let height: Int
    public let isGrey: Bool
    private let pixels: [UInt8]

    public init(_ bytes: [UInt8]) throws {
        guard let decoder = tjInitDecompress() else { throw Unreadable() }
        defer { tjDestroy(decoder) }
        var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard tjDecompressHeader3(decoder, bytes, UInt(bytes.count), &width, &height, &sampling, &space) == 0 else { throw Unreadable() }
        var pixels = [UInt8](repeating: 0, count: Int(width * height) * 3)
        guard tjDecompress2(decoder, bytes, UInt(bytes.count), &pixels, width, 0, height, Int32(TJPF_RGB.rawValue), 0) == 0 else { throw Unreadable() }
        (self.width, self.height, self.pixels) = (Int(width), Int(height), pixels)
        isGrey = space == Int32(TJCS_GRAY.rawValue)
    }

    public func color(atX x: Int, y: Int) -> Color {
        let start = (y * width + x) * 3
        return Color(red: Int(pixels[start]), green: Int(pixels[start + 1]), blue: Int(pixels[start + 2]))
    }
}
