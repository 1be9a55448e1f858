/// What the same tests run on.
enum Engine: String, CaseIterable, Sendable {
    case memory
    case file
    case postgres

    static let available = allCases.filter { $0 != .postgres || PostgresServer.isAvailable }
    /// One that runs on the loop and one that waits for something outside.
    static let sqlite: [Engine] = [.memory, .file]
}
