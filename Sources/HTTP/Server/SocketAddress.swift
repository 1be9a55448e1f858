#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An IPv4 or IPv6 address with port, in the kernel's form.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    /// Nil unless `host` is a numeric address or `localhost`: names would need a blocking look-up.
    init?(host: String, port: Int) {
        guard let port = UInt16(exactly: port) else { return nil }
        let text = host == "localhost" ? "127.0.0.1" : host
        var four = sockaddr_in()
        if inet_pton(AF_INET, text, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
            return
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, text, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
    }

    /// Room for an address that the kernel fills in.
    init() { length = socklen_t(MemoryLayout<sockaddr_storage>.size) }

    var family: Int32 { Int32(storage.ss_family) }

    var port: Int { withUnsafeBytes(of: storage) { Self.port(at: $0.baseAddress!) } }

    /// 0 for families other than IPv4 and IPv6.
    static func port(of address: UnsafePointer<sockaddr>) -> Int {
        let family = Int32(address.pointee.sa_family)
        return family == AF_INET || family == AF_INET6 ? port(at: UnsafeRawPointer(address)) : 0
    }

    /// Both families keep the port behind the family field.
    private static func port(at address: UnsafeRawPointer) -> Int {
        Int(UInt16(bigEndian: address.loadUnaligned(fromByteOffset: MemoryLayout<sa_family_t>.size, as: UInt16.self)))
    }

    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// For calls that write an address and its length.
    mutating func withMutablePointer(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> Int32 {
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }

    /// Takes over the address that a socket is bound to. False with errno when the socket has none.
    mutating func readLocal(of descriptor: Int32) -> Bool {
        withMutablePointer { getsockname(descriptor, $0, $1) } == 0
    }

    /// `192.0.2.1` or `2001:db8::1`; an IPv4 address that came through an IPv6 socket is printed as IPv4. Empty for other families.
    static func text(of address: UnsafePointer<sockaddr>) -> String {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let four = raw.loadUnaligned(as: sockaddr_in.self)
            return withUnsafeBytes(of: four.sin_addr) { dotted($0[...]) }
        case AF_INET6:
            var six = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            if bytes.starts(with: mappedPrefix) { return bytes.withUnsafeBytes { dotted($0[12...]) } }
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
                guard let start = inet_ntop(AF_INET6, &six, buffer.baseAddress!, socklen_t(buffer.count)) else { return "" }
                return String(cString: start)
            }
        default: return ""
        }
    }

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    /// At most 15 bytes, which Swift keeps inside the string itself: no allocation for each request.
    private static func dotted(_ octets: Slice<UnsafeRawBufferPointer>) -> String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            var count = 0
            func put(_ byte: UInt8) {
                buffer[count] = byte
                count += 1
            }
            for (index, octet) in octets.enumerated() {
                if index > 0 { put(UInt8(ascii: ".")) }
                if octet >= 100 { put(48 + octet / 100) }
                if octet >= 10 { put(48 + octet / 10 % 10) }
                put(48 + octet % 10)
            }
            return count
        }
    }
}
