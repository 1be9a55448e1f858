import Pictures
import ShopTesting
import Testing

@Suite struct DrawingTests {
    /// Red on the left, blue on the right, with a green band in the middle: 200 by 100.
    private static let flag = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="100" height="100" fill="#f00"/><rect x="100" width="100" height="100" \
        fill="#00f"/><rect x="80" width="40" height="100" fill="#0f0"/></svg>
        """.utf8)

    @Test(arguments: [(400, 200), (60, 30), (100, 100), (31, 97), (1, 1), (1_110, 500)]) func `a picture has the size that was asked for`(width: Int, height: Int) throws {
        let picture = try DecodedPicture(Drawing(Self.flag).jpeg(width: width, height: height))
        #expect(picture.width == width && picture.height == height && !picture.isGrey)
        // All colours meet in a single pixel.
        if width > 1 { #expect(picture.color(atX: width / 2, y: height / 2).isLike(0, 255, 0)) }
    }

    @Test func `the whole drawing is there when the proportions are its own`() throws {
        let picture = try DecodedPicture(Drawing(Self.flag).jpeg(width: 400, height: 200))
        #expect(picture.color(atX: 20, y: 20).isLike(255, 0, 0) && picture.color(atX: 380, y: 180).isLike(0, 0, 255))
        #expect(picture.color(atX: 150, y: 100).isLike(255, 0, 0) && picture.color(atX: 175, y: 100).isLike(0, 255, 0))
    }

    @Test func `its middle covers a picture of other proportions`() throws {
        // 30 of the drawing's 200 are left: less than its band.
        let narrow = try DecodedPicture(Drawing(Self.flag).jpeg(width: 60, height: 200))
        for x in [2, 30, 57] { #expect(narrow.color(atX: x, y: 100).isLike(0, 255, 0)) }
        let wide = try DecodedPicture(Drawing(Self.flag).jpeg(width: 400, height: 40))
        #expect(wide.color(atX: 20, y: 20).isLike(255, 0, 0) && wide.color(atX: 200, y: 20).isLike(0, 255, 0))
    }

    @Test func `grey has one channel, with the brightness of the colours`() throws {
        let picture = try DecodedPicture(Drawing(Self.flag).jpeg(width: 400, height: 200, isGrey: true))
        #expect(picture.isGrey)
        #expect(picture.color(atX: 20, y: 100).isLike(76, 76, 76) && picture.color(atX: 200, y: 100).isLike(150, 150, 150) && picture.color(atX: 380, y: 100).isLike(29, 29, 29))
    }

    @Test func `what a drawing leaves out is white`() throws {
        let picture = try DecodedPicture(Drawing(Array(#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>"#.utf8)).jpeg(width: 20, height: 20))
        #expect(picture.color(atX: 10, y: 10).isLike(255, 255, 255))
    }

    @Test(arguments: ["", "not a drawing", "<html/>", #"<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="1"/>"#]) func `what is no drawing is refused`(text: String) {
        #expect(throws: Drawing.Failure.unreadable) { try Drawing(Array(text.utf8)).jpeg(width: 10, height: 10) }
    }

    @Test(arguments: [(16_384, 1), (1, 16_384), (4_097, 4_096), (Int.max, Int.max)]) func `too large pictures are refused before they take memory`(width: Int, height: Int) {
        #expect(performing: { try Drawing(Self.flag).jpeg(width: width, height: height) }, throws: { if case Drawing.Failure.tooLarge? = $0 as? Drawing.Failure { true } else { false } })
    }

    @Test func `a gallery keeps pictures until it is full`() throws {
        let form = Gallery.Form(width: 40, height: 20)
        let size = try Drawing(Self.flag).jpeg(width: 40, height: 20).count
        let gallery = Gallery(byteLimit: size * 2)
        let picture = try gallery.draw(Self.flag, form)
        #expect(gallery.picture(of: Self.flag, form) == picture)
        var grey = form
        grey.isGrey = true
        #expect(gallery.picture(of: Self.flag, grey) == nil && gallery.picture(of: Self.flag + [10], form) == nil)
        _ = try gallery.draw(Self.flag, grey)
        #expect(gallery.picture(of: Self.flag, form) != nil && gallery.picture(of: Self.flag, grey) != nil)
        _ = try gallery.draw(Self.flag, Gallery.Form(width: 41, height: 21))
        #expect(gallery.picture(of: Self.flag, form) == nil)
    }
}
