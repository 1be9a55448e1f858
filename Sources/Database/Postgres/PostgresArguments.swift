import Base

/// Argument values in the form that libpq sends.
struct PostgresArguments {
    private var storage: [UInt8] = []
    /// Where each value starts in `storage`; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    /// 0 for text, 1 for binary.
    private var formats: [Int32] = []

    /// - Throws: `.constraint(.type)` for text with a NUL character, which PostgreSQL cannot store.
    init(_ values: [Value], for statement: Statement) throws(DatabaseError) {
        for value in values {
            starts.append(value.isNull ? nil : storage.count)
            let start = storage.count
            formats.append(append(value))
            lengths.append(Int32(storage.count - start))
            if formats.last == 0 && storage[start...].contains(0) {
                throw DatabaseError(
                    .constraint(.type), "text with a NUL character cannot be stored", sqlState: "22021", sql: statement.traceText)
            }
            storage.append(0)
        }
    }

    private mutating func append(_ value: Value) -> Int32 {
        switch value {
        case .null: break
        // A boolean column takes 1 and 0 as well as an integer column does.
        case .bool(let flag): storage.append(flag ? 49 : 48)
        case .int(let number): storage.append(decimal: number)
        case .double(let number): storage.append(String(number))
        case .string(let text): storage.append(text)
        case .list, .record: storage.append(value.json())
        case .bytes(let bytes):
            storage += bytes
            return 1
        }
        return 0
    }

    func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        storage.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = starts.map { start in start.flatMap { offset in base.map { $0 + offset } } }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(starts.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
