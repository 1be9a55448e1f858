/// What statements of a SQLite database have cost: the same for the same data and statements, however fast the machine is.
public struct SQLiteWork: Sendable, Equatable {
    public var statements = 0
    /// Instructions of SQLite's virtual machine: about a dozen for each row that is looked at.
    public var steps = 0

    public init() {}

    mutating func count(_ prepared: SQLitePrepared) {
        statements += 1
        steps += prepared.takeSteps()
    }

    public static func + (left: SQLiteWork, right: SQLiteWork) -> SQLiteWork {
        var sum = left
        sum.statements += right.statements
        sum.steps += right.steps
        return sum
    }

    public static func - (left: SQLiteWork, right: SQLiteWork) -> SQLiteWork {
        var difference = left
        difference.statements -= right.statements
        difference.steps -= right.steps
        return difference
    }
}
