import Base
import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program in a process group of its own that ends, with all that it started, when this process ends, however that comes about.
///
/// A shell stands between: it holds the reading end of a pipe whose other end only this process has. When that end closes, be it by
/// `SIGKILL` from outside, the shell kills the group.
// @unchecked Sendable: touched only on the loop.
final class ChildProcess: @unchecked Sendable {
    private let loop: EventLoop
    private let lifeline: Int32
    private let output: Int32
    /// Number of the shell and of the group.
    let group: pid_t
    private var hasEnded = false
    private var received: ([UInt8]) -> Void

    /// The shell itself lets go of standard output, so that its end is the program's end.
    private static let script = #""$@" </dev/null & exec >/dev/null 2>&1; read -r _; kill -KILL 0"#

    /// Must be called on the loop.
    ///
    /// - Parameters:
    ///   - arguments: The program, found on the path, and what it is told.
    ///   - received: Gets what the program writes to standard output and error; nothing at its end.
    init(
        _ arguments: [String], environment: [String: String], on loop: EventLoop, received: @escaping ([UInt8]) -> Void
    ) throws(SystemError) {
        let (lifelineReader, lifeline) = try Self.pipe()
        defer { close(lifelineReader) }
        let reader: Int32
        let writer: Int32
        do { (reader, writer) = try Self.pipe() } catch {
            close(lifeline)
            throw error
        }
        defer { close(writer) }
        do {
            group = try Self.spawn(
                ["/bin/sh", "-c", Self.script, "sh"] + arguments, environment.map { "\($0.key)=\($0.value)" }, input: lifelineReader, output: writer)
        } catch {
            close(lifeline)
            close(reader)
            throw error
        }
        self.loop = loop
        self.lifeline = lifeline
        self.received = received
        output = reader
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        try loop.watch(reader, for: .readable) { [weak self] _ in self?.drain() }
    }

    deinit { end() }

    private func drain() {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(output, &chunk, chunk.count)
            if count > 0 { received(Array(chunk[..<count])) }
            if count < 0, errno == EINTR { continue }
            if count == 0 {
                loop.unwatch(output)
                received([])
            }
            if count <= 0 { return }
        }
    }

    /// Kills the group. What it leaves behind is to be collected by `ProcessTable.reap`.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        received = { _ in }
        loop.unwatch(output)
        close(output)
        close(lifeline)
        kill(-group, SIGKILL)
    }

    // MARK: System calls

    private static func pipe() throws(SystemError) -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError(call: "pipe2") }
        return (ends[0], ends[1])
    }

    private static func spawn(_ arguments: [String], _ environment: [String], input: Int32, output: Int32) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (output, STDERR_FILENO)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, target)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this process ignores must not be ignored there.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw SystemError(call: "starting \(arguments[0])", code: code) }
        return process
    }
}
