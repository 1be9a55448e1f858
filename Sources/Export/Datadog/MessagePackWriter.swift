import Base

/// Writes MessagePack: as much of it as Datadog's trace format needs. Numbers and lengths take their shortest form.
struct MessagePackWriter {
    var bytes: [UInt8] = []

    mutating func map(_ count: Int) { header(count, short: 0x80, shortLimit: 16, medium: 0xde, long: 0xdf) }

    mutating func array(_ count: Int) { header(count, short: 0x90, shortLimit: 16, medium: 0xdc, long: 0xdd) }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            stringHeader(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func string(_ text: StaticString) {
        stringHeader(text.utf8CodeUnitCount)
        bytes.append(text)
    }

    private mutating func stringHeader(_ count: Int) {
        if count >= 32 && count < 256 {
            bytes.append(0xd9)
            bytes.append(UInt8(truncatingIfNeeded: count))
        } else {
            header(count, short: 0xa0, shortLimit: 32, medium: 0xda, long: 0xdb)
        }
    }

    mutating func unsigned(_ value: UInt64) {
        switch value {
        case 0..<0x80: bytes.append(UInt8(truncatingIfNeeded: value))
        case 0x80..<0x100: big(value, after: 0xcc, width: 1)
        case 0x100..<0x1_0000: big(value, after: 0xcd, width: 2)
        case 0x1_0000..<0x1_0000_0000: big(value, after: 0xce, width: 4)
        default: big(value, after: 0xcf, width: 8)
        }
    }

    mutating func signed(_ value: Int64) {
        let bits = UInt64(bitPattern: value)
        switch value {
        case 0...: unsigned(bits)
        case -0x20 ..< 0: bytes.append(UInt8(truncatingIfNeeded: bits))
        case -0x80 ..< -0x20: big(bits, after: 0xd0, width: 1)
        case -0x8000 ..< -0x80: big(bits, after: 0xd1, width: 2)
        case -0x8000_0000 ..< -0x8000: big(bits, after: 0xd2, width: 4)
        default: big(bits, after: 0xd3, width: 8)
        }
    }

    /// Always 64 bits.
    mutating func double(_ value: Double) { big(value.bitPattern, after: 0xcb, width: 8) }

    /// An array whose length is known only later: `finishArray` writes it.
    ///
    /// - Returns: The place of the length.
    mutating func beginArray() -> Int {
        big(0, after: 0xdd, width: 4)
        return bytes.count - 4
    }

    mutating func finishArray(at place: Int, count: Int) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * index)) }
    }

    private mutating func header(_ count: Int, short: UInt8, shortLimit: Int, medium: UInt8, long: UInt8) {
        if count < shortLimit {
            bytes.append(short | UInt8(truncatingIfNeeded: count))
        } else if count < 0x1_0000 {
            big(UInt64(count), after: medium, width: 2)
        } else {
            big(UInt64(count), after: long, width: 4)
        }
    }

    private mutating func big(_ value: UInt64, after mark: UInt8, width: Int) {
        bytes.append(mark)
        var shift = UInt64(width) &* 8
        while shift > 0 {
            shift &-= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
