import Base
import Storefront

/// The pods of the shop's services, for what does something to them by itself.
public struct PodsHandler: Handler {
    public let name = "pods"
    public let summary = "The pods of services that have a `deployment`."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "pods.delete", "Deletes one pod, each with the same chance; its deployment makes another.",
                options: [OptionDeclaration("deployments", .names, "services whose pods may be meant", required: true)]
            ) { DeletePod($0) }
        ]
    }
}

final class DeletePod: ImmediateOperation {
    private let deployments: [String]

    init(_ options: StepOptions) {
        deployments = options.words("deployments") ?? []
        for name in deployments where !options.services.contains(name) {
            options.report("no service is named \"\(name)\"" + suggestion(for: name, among: options.services), at: "deployments")
        }
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        exchange.shop.deletePod(ofAnyOf: deployments)
        return .null
    }
}
