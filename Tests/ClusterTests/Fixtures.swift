import Base
import Cluster

let start = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

func at(_ seconds: Double) -> Timestamp { start + .milliseconds(exactly: seconds * 1_000) }

func readSpec(_ json: String) throws -> DeploymentSpec {
    let diagnostics = Diagnostics()
    let spec = DeploymentSpec(try JSONNode.parse(json.utf8, file: "shop.json"), pointer: "/deployment", reporting: diagnostics)
    try diagnostics.check()
    return spec
}

extension DeploymentController {
    /// A deployment named `web` of version 1.
    static func make(_ json: String, versions: [ReplicaSet.Version] = [ReplicaSet.Version(name: "1", weight: 100)], seed: UInt64 = 1) throws -> DeploymentController {
        DeploymentController("web", try readSpec(json), versions: versions, in: Place(namespace: "shop", node: "node-1", number: 0), seed: seed, at: start)
    }

    /// Lets time pass second by second, as its owner does.
    mutating func run(to seconds: Int, from begin: Int = 0, _ each: (inout DeploymentController, Int) -> Void = { _, _ in }) {
        for second in stride(from: begin + 1, through: seconds, by: 1) {
            advance(to: at(Double(second)))
            each(&self, second)
        }
    }

    var reasons: [String] { events.map(\.reason) }
    func event(_ reason: String) -> ClusterEvent? { events.last { $0.reason == reason } }
    var statuses: [String] { pods.map(\.status) }
}
