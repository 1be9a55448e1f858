import Packs

/// A fault that is on, with the numbers chosen for it.
public struct ActiveFault: Sendable, Hashable {
    public var name: String
    public var options: [String: Int]

    public init(name: String, options: [String: Int] = [:]) {
        self.name = name
        self.options = options
    }
}
