import Base
import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One message of a DNS server, read by the C library's parser.
struct DNSAnswer {
    private let bytes: [UInt8]

    /// Nil for an empty message.
    init?(_ bytes: ArraySlice<UInt8>) {
        if bytes.isEmpty { return nil }
        self.bytes = Array(bytes)
    }

    /// The records of a type in the answer section, in the server's order; names without the dot at the end, mail servers after their
    /// preference (`10 mail.example.org`), the pieces of a text joined.
    func records(_ type: RecordType) -> [String] {
        bytes.withUnsafeBufferPointer { buffer in
            var message = ns_msg()
            guard let start = buffer.baseAddress, ns_initparse(start, Int32(buffer.count), &message) == 0 else { return [] }
            return (0..<Int32(message._counts.1)).compactMap { index in
                var record = ns_rr()
                guard ns_parserr(&message, ns_s_an, index, &record) == 0, Int32(record.type) == type.number else { return nil }
                return Self.text(of: record, type, start, start + buffer.count)
            }
        }
    }

    private static func text(of record: ns_rr, _ type: RecordType, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> String? {
        guard let data = record.rdata else { return nil }
        let length = Int(record.rdlength)
        switch type {
        case .a: return length == 4 ? address(data, AF_INET) : nil
        case .aaaa: return length == 16 ? address(data, AF_INET6) : nil
        case .cname, .ns: return name(data, start, end)
        case .mx:
            guard length > 2 else { return nil }
            return name(data + 2, start, end).map { "\(Int(data[0]) << 8 | Int(data[1])) \($0)" }
        case .txt: return pieces(UnsafeBufferPointer(start: data, count: length))
        }
    }

    private static func address(_ data: UnsafePointer<UInt8>, _ family: Int32) -> String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, data, &text, socklen_t(text.count)) != nil else { return nil }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    private static func name(_ data: UnsafePointer<UInt8>, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> String? {
        var text = [CChar](repeating: 0, count: 1_025)
        guard ns_name_uncompress(start, end, data, &text, text.count) >= 0 else { return nil }
        let name = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// Each piece stands behind its length (RFC 1035 §3.3.14).
    private static func pieces(_ data: UnsafeBufferPointer<UInt8>) -> String {
        var text: [UInt8] = []
        var index = 0
        while index < data.count {
            let end = min(data.count, index + 1 + Int(data[index]))
            text += data[(index + 1)..<end]
            index = end
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension RecordType {
    /// RFC 1035 §3.2.2 and RFC 3596 §2.1.
    var number: Int32 {
        switch self {
        case .a: 1
        case .ns: 2
        case .cname: 5
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        }
    }
}
