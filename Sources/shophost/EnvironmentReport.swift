import Base
import Host

/// `shophost env`: the running host's addresses as environment variables, for scripts and other programs.
enum EnvironmentReport {
    /// - Parameter variables: Names and base URLs, as checks know them.
    /// - Returns: Lines for a shell's `eval`, or one JSON object.
    static func text(_ variables: Value, asJSON: Bool) throws -> String {
        guard let control = ControlFile.read(ControlFile.standardPath) else { throw ControlClient.Failure(description: "the host has just ended") }
        var pairs = [("SHOPHOST_CONTROL_URL", control.url), ("SHOPHOST_CONTROL_TOKEN", control.token)]
        if let fields = variables.fields { pairs += zip(fields.layout.names, fields.values).map { ($0, $1.text) } }
        if asJSON { return Value.record(Record(pairs.map { ($0.0, .string($0.1)) })).json(.pretty) }
        return pairs.map { "export \($0.0)='\($0.1.replacing("'", with: "'\\''"))'\n" }.joined()
    }
}
