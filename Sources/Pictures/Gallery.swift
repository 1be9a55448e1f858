import Synchronization

/// Pictures that were drawn lately. A picture depends on nothing but its drawing and its form, so that all shops of a process can share it: proofs
/// open hundreds of shops of one pack.
public final class Gallery: Sendable {
    public struct Form: Hashable, Sendable {
        public var width: Int
        public var height: Int
        public var isGrey: Bool
        public var quality: Int

        public init(width: Int, height: Int, isGrey: Bool = false, quality: Int = 80) {
            self.width = width
            self.height = height
            self.isGrey = isGrey
            self.quality = quality
        }
    }

    private struct Key: Hashable {
        var document: [UInt8]
        var form: Form
    }

    private struct Contents {
        var pictures: [Key: [UInt8]] = [:]
        var byteCount = 0
    }

    private let contents = Mutex(Contents())
    private let byteLimit: Int

    public static let shared = Gallery()

    public init(byteLimit: Int = 4 << 20) { self.byteLimit = byteLimit }

    public func picture(of document: [UInt8], _ form: Form) -> [UInt8]? {
        contents.withLock { $0.pictures[Key(document: document, form: form)] }
    }

    /// Draws a picture, and keeps it for whoever asks next. Blocks.
    public func draw(_ document: [UInt8], _ form: Form) throws(Drawing.Failure) -> [UInt8] {
        let picture = try Drawing(document).jpeg(width: form.width, height: form.height, isGrey: form.isGrey, quality: form.quality)
        contents.withLock { contents in
            // Visitors ask for the same few sizes: who fills the room with others begins again.
            if contents.byteCount + picture.count > byteLimit { contents = Contents() }
            guard picture.count <= byteLimit, contents.pictures.updateValue(picture, forKey: Key(document: document, form: form)) == nil else { return }
            contents.byteCount += picture.count
        }
        return picture
    }
}
