import Base
import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system's processes, as `/proc` shows them.
enum ProcessTable {
    /// From now on this process inherits what its children leave behind, so that it can be ended and collected.
    static func adoptOrphans() { _ = adopt_orphans() }

    /// Processes whose command line or environment names a text, this one left out.
    static func naming(_ text: String) -> Set<pid_t> {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        let wanted = Array(text.utf8)
        var found: Set<pid_t> = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard let number = pid_t(name), number != getpid() else { continue }
            let isNaming = ["cmdline", "environ"].contains { contents(of: "/proc/\(name)/\($0)").firstRange(of: wanted) != nil }
            if isNaming { found.insert(number) }
        }
        return found
    }

    private static func contents(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Collects ended children.
    ///
    /// - Returns: Those that still run.
    static func reap(group: pid_t, _ processes: Set<pid_t>) -> Set<pid_t> {
        var status: Int32 = 0
        while waitpid(-group, &status, WNOHANG) > 0 {}
        return processes.filter { waitpid($0, &status, WNOHANG) == 0 || isRunning($0) }
    }

    static func end(_ process: pid_t) { kill(process, SIGKILL) }

    static func isAnyLeft(inGroup group: pid_t) -> Bool { kill(-group, 0) == 0 }

    /// False for a process that only waits to be collected.
    private static func isRunning(_ process: pid_t) -> Bool {
        let text = String(decoding: contents(of: "/proc/\(process)/stat"), as: UTF8.self)
        // The name in parentheses may hold anything; the state stands behind the last of them.
        guard let end = text.lastIndex(of: ")") else { return false }
        return !text[text.index(after: end)...].hasPrefix(" Z")
    }
}
