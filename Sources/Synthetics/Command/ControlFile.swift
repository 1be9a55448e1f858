import Base

/// Where the running host answers its own commands; written by the host, readable only by its user.
public struct ControlFile: Sendable, Equatable {
    public var url: String
    public var token: String
    public var processID: Int?

    /// Nil when the text is not what a host writes.
    public init?(_ bytes: [UInt8]) {
        guard let value = try? Value.parse(json: bytes), case .string(let url)? = value["url"], case .string(let token)? = value["token"] else {
            return nil
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
        processID = value["pid"]?.integer
    }

    /// `$SHOPHOST_CONTROL`, or `shophost/control.json` below `$XDG_RUNTIME_DIR` and then below `~/.local/state`.
    public static func candidates(_ environment: [String: String]) -> [String] {
        if let path = environment["SHOPHOST_CONTROL"], !path.isEmpty { return [path] }
        let folders = [environment["XDG_RUNTIME_DIR"], environment["HOME"].map { $0 + "/.local/state" }]
        return folders.compactMap { $0 }.filter { !$0.isEmpty }.map { $0 + "/shophost/control.json" }
    }
}
