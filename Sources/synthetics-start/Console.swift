import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process's standard streams and environment.
enum Console {
    static func print(_ text: String) { StandardStream.output.write(text) }
    static func complain(_ text: String) { StandardStream.error.write(text) }

    /// Colour on a terminal only, unless `NO_COLOR` is set to something (no-color.org) or the terminal is dumb.
    static func usesColour(_ environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    static var environment: [String: String] {
        var found: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.firstIndex(of: "=") { found[String(line[..<equals])] = String(line[line.index(after: equals)...]) }
            entry += 1
        }
        return found
    }
}
