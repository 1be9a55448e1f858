import Base
import Synthetics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process's standard streams and environment.
struct Console: CommandOutput {
    let isTerminal: Bool
    let usesColour: Bool

    /// Colour on a terminal only, unless `NO_COLOR` is set to something (no-color.org) or the terminal is dumb.
    init(_ environment: [String: String]) {
        let isDumb = environment["TERM"] == "dumb"
        isTerminal = isatty(STDOUT_FILENO) == 1 && !isDumb
        usesColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    func write(_ text: String) { StandardStream.output.write(text) }

    func show(_ passing: String?) {
        guard isTerminal else { return }
        // Back to the start of the line, and away with what is there.
        StandardStream.output.write("\r\u{1b}[2K" + (passing.map(Self.fitted) ?? ""))
    }

    /// A line that wraps could not be taken away again.
    private static func fitted(_ line: String) -> String {
        var size = winsize()
        let width = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        return line.count < width ? line : line.prefix(width - 2) + "…"
    }

    static func complain(_ text: String) { StandardStream.error.write(text) }

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
