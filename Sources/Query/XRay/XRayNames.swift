import HTTP
import Telemetry

extension XRayAccount.Group {
    /// The group of all traces, which is always there.
    static let defaultName = "Default"

    /// What stands behind `group/`, without an identifier that AWS puts behind the name.
    static func name(inARN text: String) -> String {
        let parts = text.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : text
    }
}

/// Names of things in X-Ray: AWS's account of examples, in the region that a request is signed for.
struct XRayNames {
    private let region: String

    init(_ request: Request) {
        // Credential=<key>/<day>/<region>/xray/aws4_request
        let scope = request.headers["Authorization"].flatMap { $0.split(separator: " ").first { $0.hasPrefix("Credential=") } }
        let parts = scope?.split(separator: "/") ?? []
        region = parts.count > 2 ? String(parts[2]) : "us-east-1"
    }

    func rule(_ name: String) -> String { arn("sampling-rule/" + name) }
    func group(_ name: String) -> String { arn("group/" + name) }

    private func arn(_ resource: String) -> String { "arn:aws:xray:\(region):123456789012:\(resource)" }
}
