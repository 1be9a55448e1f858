import Base
import Testing

@testable import Export

@Suite struct MessagePackTests {
    /// From the specification's table of formats.
    @Test func `each kind takes its shortest form`() {
        var writer = MessagePackWriter()
        for number in [0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, UInt64.max] { writer.unsigned(number) }
        #expect(
            writer.bytes == [
                0x00, 0x7f, 0xcc, 0x80, 0xcc, 0xff, 0xcd, 0x01, 0x00, 0xcd, 0xff, 0xff, 0xce, 0x00, 0x01, 0x00, 0x00, 0xce, 0xff, 0xff, 0xff, 0xff, 0xcf, 0, 0, 0, 1, 0, 0,
                0, 0, 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ])
        writer = MessagePackWriter()
        for number in [-1, -32, -33, -128, -129, -32_768, -32_769, -2_147_483_648, -2_147_483_649] as [Int64] { writer.signed(number) }
        #expect(
            writer.bytes == [
                0xff, 0xe0, 0xd0, 0xdf, 0xd0, 0x80, 0xd1, 0xff, 0x7f, 0xd1, 0x80, 0x00, 0xd2, 0xff, 0xff, 0x7f, 0xff, 0xd2, 0x80, 0, 0, 0, 0xd3, 0xff, 0xff, 0xff, 0xff, 0x7f,
                0xff, 0xff, 0xff,
            ])
        writer = MessagePackWriter()
        writer.double(1.5)
        #expect(writer.bytes == [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0])
    }

    @Test func `lengths take their shortest form`() {
        func head(_ count: Int, _ write: (inout MessagePackWriter, Int) -> Void) -> [UInt8] {
            var writer = MessagePackWriter()
            write(&writer, count)
            return Array(writer.bytes.prefix(3))
        }
        let text = { (writer: inout MessagePackWriter, count: Int) in writer.string(String(repeating: "x", count: count)) }
        #expect(head(31, text)[0] == 0xbf && head(32, text)[..<2] == [0xd9, 32] && head(255, text)[..<2] == [0xd9, 255] && head(256, text) == [0xda, 1, 0])
        #expect(head(15) { $0.map($1) } == [0x8f] && head(16) { $0.map($1) } == [0xde, 0, 16])
        #expect(head(15) { $0.array($1) } == [0x9f] && head(16) { $0.array($1) } == [0xdc, 0, 16])
    }

    @Test(.enabled(if: Python.hasMessagePack, "the Python package msgpack is not installed"))
    func `Python reads what was written`() throws {
        var writer = MessagePackWriter()
        let place = writer.beginArray()
        let unsigned: [UInt64] = [0, 127, 128, 65_536, 1 << 40, .max]
        let signed: [Int64] = [-1, -33, -40_000, .min, .max]
        let texts = ["", "ü\"\n", String(repeating: "y", count: 300), String(repeating: "z", count: 70_000)]
        for number in unsigned { writer.unsigned(number) }
        for number in signed { writer.signed(number) }
        for text in texts { writer.string(text) }
        writer.map(1)
        writer.string("half")
        writer.double(0.5)
        writer.finishArray(at: place, count: unsigned.count + signed.count + texts.count + 1)
        let read = try #require(try Python.readMessagePack(writer.bytes).elements)
        #expect(read.prefix(6).map(\.text) == unsigned.map { String($0) })
        #expect(read.dropFirst(6).prefix(5).map(\.text) == signed.map { String($0) })
        #expect(read.dropFirst(11).prefix(4).map(\.text) == texts)
        #expect(read.last == .object(["half": "float 0.5"]))
    }
}
