import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A new folder that only this user can read.
struct TemporaryFolder: Sendable {
    let path: String

    /// - Parameter parent: An existing folder.
    init(in parent: String, prefix: String) throws(SystemError) {
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(call: "making a folder in \(parent)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes the folder with all that is in it; links are not followed.
    func delete() { Self.delete(path) }

    private static func delete(_ path: String) {
        // A file, or a link to a folder, is no folder.
        guard unlink(path) != 0, let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { delete("\(path)/\(name)") }
        }
        closedir(folder)
        rmdir(path)
    }
}
