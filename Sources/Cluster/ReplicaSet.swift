import Base

/// The pods of one version of a deployment.
public struct ReplicaSet: Sendable {
    /// A version that a deployment is to have, and its share of the requests relative to the others.
    public struct Version: Sendable, Equatable {
        public var name: String
        public var weight: Int

        public init(name: String, weight: Int) {
            self.name = name
            self.weight = weight
        }
    }

    public let number: Int
    public let version: String
    /// `deployment-hash`
    public let name: String
    public internal(set) var weight: Int
    public internal(set) var replicas = 0
    /// Position among the versions that the deployment has now.
    public internal(set) var position: Int

    /// Pods for each version: each that takes requests has one at least, as long as there are any.
    static func shares(of replicas: Int, among versions: [Version]) -> [Int] {
        let total = versions.reduce(0) { $0 + $1.weight }
        guard replicas > 0, total > 0 else { return versions.map { _ in 0 } }
        return versions.map { version in
            version.weight == 0 ? 0 : max(1, Int((Double(replicas * version.weight) / Double(total)).rounded()))
        }
    }
}

/// The letters of generated names in Kubernetes (apimachinery, util/rand): no vowels, so that no words come out.
enum GeneratedName {
    private static let letters = [UInt8]("bcdfghjklmnpqrstvwxz2456789".utf8)

    static func suffix(_ random: inout SeededRandom, length: Int = 5) -> String {
        String(decoding: (0..<length).map { _ in letters[Int.random(in: letters.indices, using: &random)] }, as: UTF8.self)
    }

    /// The hash of a pod template: the same for the same version.
    static func hash(of text: String) -> String {
        var random = SeededRandom(seed: Fingerprint(Array(text.utf8)).value)
        return suffix(&random, length: 10)
    }
}
