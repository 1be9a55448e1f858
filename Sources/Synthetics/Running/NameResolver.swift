import Base
import CLinux
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Asks DNS servers by the C library's resolver. Its methods block: they belong on a worker thread.
struct NameResolver {
    private let query: NameQuery

    init(_ query: NameQuery) { self.query = query }

    func answers() throws(ClientError) -> [RecordType: [String]] {
        let server = try serverAddress()
        var answers: [RecordType: [String]] = [:]
        for type in query.types { answers[type] = try records(type, server) }
        return answers
    }

    /// The server may be a name itself.
    private func serverAddress() throws(ClientError) -> String? {
        guard let server = query.server else { return nil }
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server, nil, nil, &found) == 0, let found else { throw .nameNotResolved(host: server) }
        defer { freeaddrinfo(found) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        getnameinfo(found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    private static let answerLimit = 65_535

    private func records(_ type: RecordType, _ server: String?) throws(ClientError) -> [String] {
        var answer = [UInt8](repeating: 0, count: Self.answerLimit)
        var error: Int32 = 0
        errno = 0
        let seconds = Int32(clamping: max(1, query.timeout.components.seconds))
        let length = linux_dns_query(server, Int32(query.port), query.host, type.number, seconds, &answer, Int32(answer.count), &error)
        let systemError = errno
        guard length >= 0 else { return try noAnswer(error, systemError) }
        return DNSAnswer(answer[..<Int(length)])?.records(type) ?? []
    }

    /// A name without records of this type is an answer, too.
    private func noAnswer(_ error: Int32, _ systemError: Int32) throws(ClientError) -> [String] {
        switch error {
        case NO_DATA: return []
        case HOST_NOT_FOUND: throw .nameNotResolved(host: query.host)
        case TRY_AGAIN where systemError == ECONNREFUSED: throw .connectionRefused(host: query.server ?? "the DNS server", port: query.port)
        case TRY_AGAIN where systemError == ETIMEDOUT || systemError == EAGAIN: throw .timedOut(after: query.timeout)
        default: throw .other("the DNS server gave no answer for \(query.host): \(String(cString: hstrerror(error)))")
        }
    }
}
