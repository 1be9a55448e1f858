import Base
import Synthetics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// The system's functions by names that the methods below do not hide.
private func readDescriptor(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(descriptor, buffer, count) }
private func writeDescriptor(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, buffer, count) }
private func openPath(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }

/// The machine's file system.
struct LocalFiles: Workspace {
    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    var folder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    var folderInRepository: String {
        let parts = folder.split(separator: "/")
        for depth in stride(from: parts.count, through: 0, by: -1) {
            let top = "/" + parts[..<depth].joined(separator: "/")
            if exists(top + "/.git") { return parts[depth...].joined(separator: "/") }
        }
        return ""
    }

    func read(_ path: String) throws -> [UInt8] {
        let descriptor = try Self.open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = readDescriptor(descriptor, &chunk, chunk.count)
            if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw SystemError(call: "read") }
        }
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        makeFolders(above: path)
        let descriptor = try Self.open(path, O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(descriptor) }
        try Self.writeAll(bytes, to: descriptor)
    }

    private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = openPath(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError(call: "open") }
        return descriptor
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeDescriptor(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if count == 0 || errno != EINTR { throw SystemError(call: "write") }
        }
    }

    /// A folder that is there already is as good as a new one; one that cannot be made shows when the file is opened.
    private func makeFolders(above path: String) {
        for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o755) }
    }

    func files(matching pattern: GlobPattern) -> [String] {
        var found: [String] = []
        collect(pattern.folder, pattern, &found)
        return found.sorted()
    }

    private func collect(_ folder: String, _ pattern: GlobPattern, _ found: inout [String]) {
        guard let stream = opendir(folder.isEmpty ? "." : folder) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") || name == "node_modules" { continue }
            let path = folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
            var status = stat()
            // Links are not followed, so that a link to a folder above cannot lead in circles.
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                collect(path, pattern, &found)
            } else if pattern.matches(path) {
                found.append(path)
            }
        }
    }
}
