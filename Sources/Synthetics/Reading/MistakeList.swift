import Base

/// All mistakes found in one file, and what keeps the definition that is being read from running here.
final class MistakeList {
    private(set) var list: [Problem] = []
    private var obstacles: [String] = []

    func add(_ message: String, at location: SourceLocation, pointer: String) {
        list.append(Problem(message, at: location, pointer: pointer))
    }

    /// Notes something right and known that cannot be done here: the definition is then reported as skipped, never as passed.
    ///
    /// - Parameter reason: Goes on after "because": `it has an assertion in JavaScript`.
    func addObstacle(_ reason: String) {
        if !obstacles.contains(reason) { obstacles.append(reason) }
    }

    /// The obstacles noted since the last call, in one clause; nil without any.
    func takeObstacles() -> String? {
        defer { obstacles = [] }
        return obstacles.isEmpty ? nil : obstacles.joined(separator: "; ")
    }
}
