import Base

/// A service as telemetry names it; one object for the life of a deployment, so that a span costs one pointer.
public final class ServiceIdentity: Sendable {
    public let name: String
    public let version: String
    public let environment: String
    /// Resource attributes, for example `telemetry.sdk.language`.
    public let attributes: [Attribute]
    /// What searches of log lines may call it as well, for example `redis`.
    public let aliases: [String]
    /// How X-Ray sees it.
    public let xray: XRaySettings

    public init(name: String, version: String, environment: String, attributes: [Attribute] = [], aliases: [String] = [], xray: XRaySettings = .standard) {
        self.name = name
        self.version = version
        self.environment = environment
        self.attributes = attributes
        self.aliases = aliases
        self.xray = xray
    }

    /// Everything that describes the sender, under OpenTelemetry's names: version and environment where known, then `attributes`.
    public var resourceAttributes: [Attribute] {
        var all: [Attribute] = []
        if !version.isEmpty { all.append(Attribute("service.version", .string(version))) }
        if !environment.isEmpty { all.append(Attribute("deployment.environment.name", .string(environment))) }
        return all + attributes
    }
}

/// A named value on a span, a log record, an event or a resource.
public struct Attribute: Sendable, Equatable {
    public var name: String
    public var value: Value

    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension [Attribute] {
    public subscript(_ name: String) -> Value? { first { $0.name == name }?.value }
}
