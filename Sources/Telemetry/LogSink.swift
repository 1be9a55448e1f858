import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes services' log lines to standard output, or to one file per service in a directory.
///
/// Lines are collected and written once per turn of the loop. A reader that is slow (a pipe, a stopped terminal) never holds the
/// loop: what it does not take waits in a bounded buffer, and lines beyond that are dropped and counted. So are failed writes.
public final class LogSink {
    public enum Destination: Sendable, Equatable {
        case standardOutput
        /// `<directory>/<service>.log`, appended to.
        case directory(String)
    }

    /// Bytes that may wait for one slow reader.
    static let waitingLimit = 1 << 20

    private let loop: EventLoop
    private let destination: Destination
    private var outputs: [String: Output] = [:]
    /// The only one, where all services write to it.
    private var common: Output?
    private var isFlushPlanned = false
    public private(set) var droppedLines = 0
    /// Files that could not be opened and writes that failed.
    public private(set) var errorCount = 0

    public init(loop: EventLoop, destination: Destination) {
        self.loop = loop
        self.destination = destination
        if case .directory(let path) = destination { mkdir(path, 0o755) }
        // The default ends the whole program when the reader of standard output goes away.
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        flush()
        for output in outputs.values where output.descriptor > 2 { close(output.descriptor) }
    }

    /// On the loop: adds one line; the line break is added here.
    public func write(_ line: String, service: String) {
        let output = output(for: service)
        guard output.waiting.count < Self.waitingLimit else { droppedLines += 1; return }
        output.waiting.append(line)
        output.waiting.append(UInt8(ascii: "\n"))
        plan()
    }

    public func write(_ record: LogRecord) { write(record.line, service: record.service.name) }

    private func plan() {
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        loop.atEndOfTurn { [weak self] in self?.flushAndPlan() }
    }

    private func flushAndPlan() {
        isFlushPlanned = false
        guard !flush() else { return }
        isFlushPlanned = true
        loop.schedule(after: .milliseconds(20)) { [weak self] in self?.flushAndPlan() }
    }

    /// Writes what can be written without waiting; true when nothing is left.
    @discardableResult
    public func flush() -> Bool {
        var isDone = true
        for output in outputs.values {
            if let failure = output.flush() {
                errorCount += failure
            }
            if !output.waiting.isEmpty { isDone = false }
        }
        return isDone
    }

    private func output(for service: String) -> Output {
        if let common { return common }
        if let output = outputs[service] { return output }
        switch destination {
        case .standardOutput:
            let output = Output(descriptor: STDOUT_FILENO)
            common = output
            outputs[""] = output
            return output
        case .directory(let path):
            let name = String(service.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
            let descriptor = open("\(path)/\(name).log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            if descriptor < 0 { errorCount += 1 }
            outputs[service] = Output(descriptor: descriptor)
            return outputs[service]!
        }
    }

    /// One descriptor and what waits for it.
    private final class Output {
        let descriptor: Int32
        var waiting: [UInt8] = []
        private let isFile: Bool
        private let pieceBytes: Int

        init(descriptor: Int32) {
            self.descriptor = descriptor
            var status = stat()
            isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            // A pipe that poll calls writable takes at least 4096 bytes (PIPE_BUF) without blocking, and promises no more.
            pieceBytes = isFile ? 1 << 16 : 4_096
        }

        /// The number of failures, nil when there were none.
        func flush() -> Int? {
            guard descriptor >= 0 else { waiting = []; return nil }
            var written = 0
            var failures = 0
            while written < waiting.count && isWritable {
                let count = waiting[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, min($0.count, pieceBytes)) }
                if count > 0 { written += count; continue }
                let code = errno
                if code == EINTR { continue }
                if code == EAGAIN { break }
                // Nothing will take these bytes: kept, they would only be dropped later.
                failures += 1
                written = waiting.count
            }
            waiting.removeFirst(written)
            return failures == 0 ? nil : failures
        }

        private var isWritable: Bool {
            if isFile { return true }
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            // An error shows in revents too, and the write then tells which.
            return poll(&request, 1, 0) > 0
        }
    }
}

/// The system call, which inside a class with methods of the same name needs another one.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
