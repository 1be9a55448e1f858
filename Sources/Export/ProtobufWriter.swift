import Base

/// Writes the protobuf wire format: as much of it as OTLP needs.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// Wire type 0. Zero is the default and is left out, as everywhere in proto3.
    mutating func varint(_ field: Int, _ value: Int) {
        guard value != 0 else { return }
        tag(field, 0)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    /// A varint that is written even when zero: a member of a oneof, where absent means another thing.
    mutating func explicitVarint(_ field: Int, _ value: Int) {
        tag(field, 0)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func fixed64(_ field: Int, _ value: UInt64) {
        tag(field, 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, 5)
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    mutating func double(_ field: Int, _ value: Double) { fixed64(field, value.bitPattern) }

    mutating func string(_ field: Int, _ value: String) {
        tag(field, 2)
        append(varint: UInt64(value.utf8.count))
        bytes.append(value)
    }

    mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
        tag(field, 2)
        append(varint: UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Identifiers are bytes in network order.
    mutating func identifier(_ field: Int, _ halves: UInt64...) {
        tag(field, 2)
        append(varint: UInt64(8 * halves.count))
        for half in halves {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: half >> UInt64(shift))) }
        }
    }

    /// A nested message.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, 2)
        let start = bytes.count
        body(&self)
        // The length comes first but is known last: the content moves by the few bytes it takes.
        var length = ProtobufWriter()
        length.append(varint: UInt64(bytes.count - start))
        bytes.insert(contentsOf: length.bytes, at: start)
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { append(varint: UInt64(field << 3 | wireType)) }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
