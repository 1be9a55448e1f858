/// How a database shares its connections and waits.
public struct DatabaseOptions: Sendable, Equatable {
    /// Connections (PostgreSQL) or permits over the one handle (SQLite), 1 or more. Default 5.
    public var poolLimit: Int
    /// Longest wait for a connection or permit; then `.poolExhausted`. Default 5 s.
    public var poolTimeout: Duration
    /// Longest wait for a lock that somebody else holds; then `.busy`. Nil waits for ever. Default 30 s.
    public var lockTimeout: Duration?
    /// What a statement costs on a loop in simulated time, so that many statements are slow there too. Default 300 us.
    public var statementCost: Duration
    /// Longest wait for a new connection to a PostgreSQL server; then `.connection`. Default 5 s.
    public var connectTimeout: Duration

    public init(
        poolLimit: Int = 5, poolTimeout: Duration = .seconds(5), lockTimeout: Duration? = .seconds(30),
        statementCost: Duration = .microseconds(300), connectTimeout: Duration = .seconds(5)
    ) {
        precondition(poolLimit >= 1, "a pool needs at least one connection")
        self.poolLimit = poolLimit
        self.poolTimeout = poolTimeout
        self.lockTimeout = lockTimeout
        self.statementCost = statementCost
        self.connectTimeout = connectTimeout
    }
}
