import Base
import Pictures
import Storefront

/// Pictures in the size that is asked for, from drawings in the pack.
public struct PictureHandler: Handler {
    public let name = "picture"
    public let summary = "Pictures of drawings."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "picture.draw",
                "Draws an SVG document of the pack as JPEG: the middle of it, as large as it must be to cover the picture. At most \(Drawing.pixelLimit) pixels, \(Drawing.edgeLimit) on an edge.",
                options: [
                    OptionDeclaration("path", .text, "path of the document within the pack", required: true),
                    OptionDeclaration("width", .expression, "in pixels", required: true),
                    OptionDeclaration("height", .expression, "in pixels", required: true),
                    OptionDeclaration("grey", .expression, "without colours when true"),
                    OptionDeclaration("quality", .integer(1...100), "of JPEG", default: "80"),
                ], result: "the picture's bytes"
            ) { DrawPicture($0) }
        ]
    }
}

final class DrawPicture: ImmediateOperation {
    private let path: TextTemplate
    private let width: Expression?
    private let height: Expression?
    private let grey: Expression?
    private let quality: Int

    init(_ options: StepOptions) {
        path = options.requiredText("path")
        width = options.expression("width")
        height = options.expression("height")
        grey = options.expression("grey")
        quality = options.integer("quality") ?? 80
        if let constant = path.constant { options.checkFile(constant, of: "path") }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let (document, form) = try order(exchange)
        if let picture = Gallery.shared.picture(of: document, form) { return .bytes(picture) }
        // Nobody waits in simulated time, and it must not go on meanwhile.
        return exchange.world.loop.isVirtual ? .bytes(try Gallery.shared.draw(document, form)) : nil
    }

    func run(_ exchange: Exchange) async throws -> Value {
        if let picture = try runNow(exchange) { return picture }
        let (document, form) = try order(exchange)
        return .bytes(try await WorkerPool.shared.run { try Gallery.shared.draw(document, form) })
    }

    private func order(_ exchange: Exchange) throws -> (document: [UInt8], Gallery.Form) {
        let document = try exchange.shop.file(try path.text(exchange))
        guard let width = try width?.evaluate(exchange).integer, let height = try height?.evaluate(exchange).integer, width > 0, height > 0 else {
            throw Failure(.badRequest, "a picture's width and height are whole numbers above 0")
        }
        return (document, Gallery.Form(width: width, height: height, isGrey: try grey?.evaluate(exchange).isTruthy ?? false, quality: quality))
    }
}
