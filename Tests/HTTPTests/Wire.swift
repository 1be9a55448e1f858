import Base

@testable import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A blocking client socket for raw wire text; to be used on a worker thread, because the server's loop must go on.
final class Wire {
    struct Failure: Error, Equatable {
        var call: String
        var code: Int32
    }

    struct Answer: Equatable, Sendable {
        var status: Int
        var headers: Headers
        var body: String
        /// Sizes of the chunks of a chunked body.
        var chunks: [Int] = []
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let address = SocketAddress(host: "127.0.0.1", port: port)!
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(call: "connect", code: code)
        }
    }

    deinit { close(descriptor) }

    /// Runs on a worker thread with a connection of its own.
    static func run<Result: Sendable>(port: Int, _ body: @escaping @Sendable (Wire) throws -> Result) async throws -> Result {
        try await WorkerPool.shared.run { try body(Wire(port: port)) }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { sendBytes(descriptor, $0) }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// The client will send no more.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// False at the end of the stream.
    private func receiveMore() throws -> Bool {
        var part = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &part, part.count, 0)
        guard count >= 0 else { throw Failure(call: "recv", code: errno) }
        buffer.append(contentsOf: part[..<count])
        return count > 0
    }

    /// Everything until the server closes.
    func readToEnd() throws -> String {
        while try receiveMore() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    func readLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            guard try receiveMore() else { throw Failure(call: "recv", code: 0) }
        }
    }

    private func read(_ count: Int) throws -> String {
        while buffer.count < count {
            guard try receiveMore() else { throw Failure(call: "recv", code: 0) }
        }
        defer { buffer.removeSubrange(..<count) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// - Parameter hasBody: False for answers to HEAD.
    func readAnswer(hasBody: Bool = true) throws -> Answer {
        let status = try readLine()
        var answer = Answer(status: Int(status.split(separator: " ")[1]) ?? 0, headers: Headers(), body: "")
        while case let line = try readLine(), !line.isEmpty {
            let colon = line.firstIndex(of: ":")!
            answer.headers.add(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        guard hasBody, answer.status >= 200, answer.status != 204, answer.status != 304 else { return answer }
        if answer.headers["Transfer-Encoding"] == "chunked" {
            while case let size = Int(try readLine(), radix: 16)!, size > 0 {
                answer.chunks.append(size)
                answer.body += try read(size)
                _ = try readLine()
            }
            _ = try readLine()
        } else {
            answer.body = try read(Int(answer.headers["Content-Length"] ?? "0")!)
        }
        return answer
    }
}

/// Runs a body on a loop with a server in front of a handler, on a port of its own.
@discardableResult
func withServer<Result: Sendable>(
    limits: ServerLimits = .default, handler: @escaping Server.Handler, _ body: @escaping @Sendable (Server) async throws -> Result
) throws -> Result {
    let loop = try EventLoop()
    return try loop.run {
        let server = Server(loop: loop, host: "127.0.0.1", port: 0, limits: limits, handler: handler)
        try server.start()
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// Answers with what the request was: method, target, body.
let echo: Server.Handler = { request in
    Response(status: 200, headers: Headers(["X-Target": request.target]), body: Array("\(request.method) ".utf8) + request.body)
}

/// Outside the class, whose own `send` hides the system's.
private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
}
