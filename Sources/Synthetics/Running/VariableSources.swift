/// Where values come from that no check brings itself.
public struct VariableSources: Sendable {
    /// Given by the user for this run; wins over everything.
    public var overrides: [String: String]
    /// Given by the runner: base URLs of the services.
    public var given: [String: String]
    public var environment: [String: String]

    public init(overrides: [String: String] = [:], given: [String: String] = [:], environment: [String: String] = [:]) {
        self.overrides = overrides
        self.given = given
        self.environment = environment
    }

    /// Names for the base URLs of services: `discounts-service` becomes `DISCOUNTS_SERVICE_URL`. A name that is a variable already
    /// (only capitals, digits and `_`, ending in `_URL`) stays, which is how a pack's aliases come in.
    public static func urlVariables(for baseURLs: [String: String]) -> [String: String] {
        var variables: [String: String] = [:]
        for (service, url) in baseURLs { variables[urlVariable(for: service)] = url.hasSuffix("/") ? String(url.dropLast()) : url }
        return variables
    }

    private static func urlVariable(for service: String) -> String {
        let capitals = String(service.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        return capitals == service && service.hasSuffix("_URL") ? service : capitals + "_URL"
    }
}
