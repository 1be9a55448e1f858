import Base

/// Why the checks could not run, with what to do next.
struct CommandError: Error, Equatable {
    var message: String
    var problems: [Problem]
    /// There is nothing to run, which `--failOnMissingTests` makes a failure.
    var isAboutMissingTests = false

    init(_ message: String, problems: [Problem] = []) {
        self.message = message
        self.problems = problems
    }

    static func nothingToRun(_ message: String) -> CommandError {
        var error = CommandError(message)
        error.isAboutMissingTests = true
        return error
    }

    static func mistakes(_ problems: [Problem], in what: String) -> CommandError {
        CommandError("\(problems.count == 1 ? "a mistake" : "\(problems.count) mistakes") in \(what); nothing was run", problems: problems)
    }

    static let startCommand = "shophost --pack NAME"
}
