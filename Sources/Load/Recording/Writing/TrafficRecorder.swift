import Base
import Dispatch
import HTTP
import Synchronization

/// Writes live traffic into GoReplay files without holding up those who serve it.
///
/// Requests and responses wait in a bounded queue for a thread that turns them into text and writes them; what the queue cannot take is
/// dropped and counted. Files are brought up to date a second after a record at the latest, as GoReplay does.
public final class TrafficRecorder: Sendable {
    /// What became of the traffic so far.
    public struct Summary: Sendable, Equatable {
        /// Requests written.
        public var requests = 0
        /// Left out because the queue was full or the disk refused.
        public var droppedRequests = 0
        /// Of requests that were written.
        public var droppedResponses = 0
        /// The first failure of the disk; nothing is written after it.
        public var failure: String?
    }

    /// A request that has been recorded and whose response is still to come.
    public struct Ticket: Sendable {
        fileprivate var number: UInt32
        fileprivate var port: Int
        fileprivate var remoteAddress: String
        fileprivate var remotePort: Int
        fileprivate var begun: Timestamp
        fileprivate var isHead: Bool
    }

    private struct Capture: Sendable {
        enum Content: Sendable {
            case request(Request)
            case response(Response, ended: Timestamp)
        }

        var ticket: Ticket
        var content: Content

        /// About what it takes in memory.
        var sizeBytes: Int {
            switch content {
            case .request(let request): 1_024 + request.body.count
            case .response(let response, _): 1_024 + response.bodySize
            }
        }
    }

    private struct State {
        var queue: [Capture] = []
        var queueBytes = 0
        var isDraining = false
        var lastNumber: UInt32 = 0
        var summary = Summary()
    }

    private let state = Mutex(State())
    private let queueLimitBytes: Int
    private let writer: DispatchQueue
    private let file: FileBox

    /// A chunked file on its way between the writer's jobs.
    // @unchecked Sendable: touched only on the writer's serial queue.
    private final class FileBox: @unchecked Sendable {
        let file: ChunkedFile
        var isFlushPlanned = false
        init(_ file: ChunkedFile) { self.file = file }
    }

    /// GoReplay's `--output-file-size-limit`.
    public static let standardChunkBytes = 32 << 20

    /// - Parameters:
    ///   - path: Name of the files; `_N` is put before its extension. Packed when it ends in `.gz`.
    ///   - chunkBytes: Size from which on a new file begins; 0 means never.
    ///   - queueLimitBytes: What may wait for the disk.
    /// - Throws: When the first file cannot be written.
    public convenience init(path: String, chunkBytes: Int = standardChunkBytes, queueLimitBytes: Int = 16 << 20) throws(SystemError) {
        self.init(try ChunkedFile(path, chunkBytes: chunkBytes), queueLimitBytes: queueLimitBytes, writer: DispatchQueue(label: "recorder"))
    }

    /// - Parameter writer: A serial queue; a suspended one stands for a disk that does not answer.
    init(_ file: ChunkedFile, queueLimitBytes: Int, writer: DispatchQueue) {
        self.file = FileBox(file)
        self.queueLimitBytes = queueLimitBytes
        self.writer = writer
        firstPath = file.currentPath
    }

    /// The file that was begun first.
    public let firstPath: String

    public var summary: Summary { state.withLock { $0.summary } }

    /// Hands a request over when it has arrived; never waits for the disk.
    ///
    /// - Parameter port: The server's; becomes part of the identifier, as the client's address and port do.
    /// - Returns: What `record` takes with the response; nil when the request was dropped.
    public func begin(_ request: Request, port: Int, at time: Timestamp) -> Ticket? {
        let (ticket, mustStart) = state.withLock { state -> (Ticket?, Bool) in
            state.lastNumber &+= 1
            let ticket = Ticket(
                number: state.lastNumber, port: port, remoteAddress: request.remoteAddress, remotePort: request.remotePort, begun: time,
                isHead: request.method == "HEAD")
            guard let mustStart = enqueue(Capture(ticket: ticket, content: .request(request)), &state) else {
                state.summary.droppedRequests += 1
                return (nil, false)
            }
            return (ticket, mustStart)
        }
        if mustStart { writer.async { self.drain() } }
        return ticket
    }

    /// Hands over what a request was answered with; never waits for the disk.
    public func record(_ response: Response, for ticket: Ticket, at time: Timestamp) {
        let mustStart = state.withLock { state -> Bool in
            guard let mustStart = enqueue(Capture(ticket: ticket, content: .response(response, ended: time)), &state) else {
                state.summary.droppedResponses += 1
                return false
            }
            return mustStart
        }
        if mustStart { writer.async { self.drain() } }
    }

    /// - Returns: Whether the writer must be started; nil when there is no room.
    private func enqueue(_ capture: Capture, _ state: inout State) -> Bool? {
        let size = capture.sizeBytes
        guard state.queueBytes + size <= queueLimitBytes, state.summary.failure == nil else { return nil }
        state.queueBytes += size
        state.queue.append(capture)
        defer { state.isDraining = true }
        return !state.isDraining
    }

    /// Writes what waits and ends the last file.
    public func close() async -> Summary {
        await withCheckedContinuation { continuation in
            writer.async {
                self.drain()
                self.attempt { () throws(SystemError) in try self.file.file.close() }
                continuation.resume(returning: self.summary)
            }
        }
    }

    // MARK: On the writer's queue

    private func drain() {
        while true {
            let captures = state.withLock { state -> [Capture] in
                defer { state.queue = [] }
                if state.queue.isEmpty { state.isDraining = false }
                return state.queue
            }
            if captures.isEmpty { break }
            for capture in captures { write(capture) }
        }
        planFlush()
    }

    private func write(_ capture: Capture) {
        var record: [UInt8] = []
        let id = Self.identifier(capture.ticket)
        var isRequest = false
        switch capture.content {
        case .request(let request):
            isRequest = true
            GoReplayFormat.append(request.recorded(id: id, at: capture.ticket.begun), to: &record)
        case .response(let response, let ended):
            if let response = response.recorded(id: id, from: capture.ticket.begun, to: ended, isHead: capture.ticket.isHead) {
                GoReplayFormat.append(response, to: &record)
            }
        }
        let isWritten = record.isEmpty || attempt { () throws(SystemError) in try file.file.write(record) }
        state.withLock { state in
            state.queueBytes -= capture.sizeBytes
            switch (isRequest, isWritten) {
            case (true, true): state.summary.requests += 1
            case (true, false): state.summary.droppedRequests += 1
            case (false, true): break
            case (false, false): state.summary.droppedResponses += 1
            }
        }
    }

    private func planFlush() {
        guard !file.isFlushPlanned else { return }
        file.isFlushPlanned = true
        writer.asyncAfter(deadline: .now() + .seconds(1)) {
            self.file.isFlushPlanned = false
            self.attempt { () throws(SystemError) in try self.file.file.flush() }
        }
    }

    @discardableResult
    private func attempt(_ body: () throws(SystemError) -> Void) -> Bool {
        if state.withLock({ $0.summary.failure != nil }) { return false }
        do throws(SystemError) {
            try body()
            return true
        } catch {
            state.withLock { $0.summary.failure = error.description }
            return false
        }
    }

    /// As GoReplay's: ports and address of the connection, then what tells the requests of a connection apart.
    private static func identifier(_ ticket: Ticket) -> String {
        var digits: [UInt8] = []
        digits.append(hex: UInt64(UInt16(truncatingIfNeeded: ticket.remotePort)), width: 4)
        digits.append(hex: UInt64(UInt16(truncatingIfNeeded: ticket.port)), width: 4)
        digits.append(hex: UInt64(address(ticket.remoteAddress)), width: 8)
        digits.append(hex: UInt64(ticket.number), width: 8)
        return String(decoding: digits, as: UTF8.self)
    }

    /// The four bytes of an IPv4 address; of others a digest.
    private static func address(_ text: String) -> UInt32 {
        let parts = text.split(separator: ".").compactMap { UInt8($0) }
        guard parts.count == 4 else { return UInt32(truncatingIfNeeded: Fingerprint(text.utf8).value) }
        return parts.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension Response {
    fileprivate var bodySize: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .paced(let pieces): pieces.reduce(0) { $0 + $1.bytes.count }
        }
    }

    /// What the client got; nil when the connection was cut instead.
    fileprivate func recorded(id: String, from begun: Timestamp, to ended: Timestamp, isHead: Bool) -> RecordedResponse? {
        guard ending != .reset else { return nil }
        var headers = headers
        // The server's library writes it.
        if headers["Date"] == nil { headers.add("Date", ended.httpDate) }
        if ending == .close { headers.set("Connection", "close") }
        let bytes = bodyBytes
        if isHead, headers["Content-Length"] == nil { headers.add("Content-Length", String(bytes.count)) }
        return RecordedResponse(
            id: id, time: ended, latency: ended - begun, status: status, headers: headers, body: isHead ? nil : status == 304 ? [] : bytes)
    }
}

extension Request {
    fileprivate func recorded(id: String, at time: Timestamp) -> RecordedRequest {
        RecordedRequest(id: id, time: time, method: method, target: target, headers: headers, body: body)
    }
}
