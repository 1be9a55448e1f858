#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard output and error for short texts; waits for a slow reader.
public enum StandardStream: Int32, Sendable {
    case output = 1, error = 2

    /// What cannot be written (a closed pipe, a full disk) is dropped: nobody reads it. The program must ignore `SIGPIPE`.
    ///
    /// Foundation's `FileHandle.write` ends the program instead.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = systemWrite(rawValue, start, rest.count)
                if count >= 0 { rest = UnsafeRawBufferPointer(rebasing: rest[count...]); continue }
                switch errno {
                case EINTR: continue
                case EAGAIN: waitUntilWritable()
                default: return
                }
            }
        }
    }

    private func waitUntilWritable() {
        var request = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
    }
}

/// The system call, which inside a type with a method of the same name needs another one.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
