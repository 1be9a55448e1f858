import Base

/// Hashes what a database holds in a form that does not depend on the engine. Tables and names are added in alphabetical order.
struct ContentFingerprint {
    private(set) var fingerprint = Fingerprint()
    private var bytes: [UInt8] = []

    mutating func add(table: String, rows: [Record]) {
        add("table", table)
        for name in rows.first?.layout.names ?? [] { add("column", name) }
        // Sorted by hash: without a primary key, PostgreSQL has no order of rows.
        let hashes = rows.map { hash($0) }.sorted()
        bytes.removeAll(keepingCapacity: true)
        for hash in hashes { bytes.append(hex: hash) }
        add("rows", Self.hash(bytes).hex)
    }

    /// - Parameter greatest: The last number that was given to a row.
    mutating func add(identityOf table: String, greatest: Int) {
        if greatest > 0 { add("identity", "\(table) \(greatest)") }
    }

    mutating func add(index: String) { add("index", index) }

    private mutating func add(_ kind: String, _ text: String) {
        fingerprint.combine(kind.utf8)
        fingerprint.combine(text.utf8)
        // 0xff is in no UTF-8 text, so neighbours cannot run into each other.
        fingerprint.combine(CollectionOfOne(0xff))
    }

    private mutating func hash(_ row: Record) -> UInt64 {
        bytes.removeAll(keepingCapacity: true)
        for value in row.values { append(value) }
        return Self.hash(bytes)
    }

    /// FNV-1a as in `Fingerprint`, over contiguous memory: a database has a million bytes, and a call for each is ten times slower.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        bytes.withUnsafeBufferPointer { for byte in $0 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 } }
        return value
    }

    private mutating func append(_ value: Value) {
        switch value {
        case .null: bytes.append("n")
        case .bool(let flag): appendInteger(flag ? 1 : 0)
        case .int(let number): appendInteger(number)
        case .double(let number):
            bytes.append("d")
            bytes.append(hex: number.bitPattern)
        case .bytes(let content):
            bytes.append("b")
            bytes.append(decimal: content.count)
            bytes.append(":")
            bytes += content
        case .string, .list, .record:
            bytes.append("s")
            bytes.append(value.text)
            bytes.append(0xff)
        }
    }

    private mutating func appendInteger(_ number: Int) {
        bytes.append("i")
        bytes.append(decimal: number)
        bytes.append(";")
    }
}
