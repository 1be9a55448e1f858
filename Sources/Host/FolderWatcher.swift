import Base
import CLinux
import Foundation

/// Tells when files below a folder change (inotify). Several changes in short order are told once.
// @unchecked Sendable: touched only on the loop.
final class FolderWatcher: @unchecked Sendable {
    private let loop: EventLoop
    private let onChange: (String) -> Void
    private let descriptor: Int32
    private var folders: [Int32: String] = [:]
    private var pending: Set<String> = []
    private var isStopped = false

    /// Editors write a file in several steps.
    private static let settlingTime = Duration.milliseconds(150)

    init(loop: EventLoop, onChange: @escaping (String) -> Void) {
        self.loop = loop
        self.onChange = onChange
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return }
        try? loop.watch(descriptor, for: .readable) { [weak self] _ in self?.read() }
    }

    /// Watches a folder and all folders in it.
    func watch(_ folder: String) {
        var paths = [folder]
        if let inner = FileManager.default.enumerator(atPath: folder) {
            for case let path as String in inner {
                var isDirectory: ObjCBool = false
                if FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isDirectory), isDirectory.boolValue { paths.append(folder + "/" + path) }
            }
        }
        for path in paths {
            let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE)
            let watch = inotify_add_watch(descriptor, path, mask)
            if watch >= 0 { folders[watch] = folder }
        }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            var offset = 0
            while offset + MemoryLayout<inotify_event>.size <= count {
                let event = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self) }
                if let folder = folders[event.wd] { note(folder) }
                offset += MemoryLayout<inotify_event>.size + Int(event.len)
            }
        }
    }

    private func note(_ folder: String) {
        guard pending.insert(folder).inserted else { return }
        loop.schedule(after: Self.settlingTime) { [weak self] in
            guard let self, !isStopped else { return }
            pending.remove(folder)
            // Folders that were made meanwhile; those that are known stay as they are.
            watch(folder)
            onChange(folder)
        }
    }

    func stop() {
        guard descriptor >= 0, !isStopped else { return }
        isStopped = true
        loop.unwatch(descriptor)
        close(descriptor)
    }
}
