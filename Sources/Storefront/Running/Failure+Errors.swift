import Base
import Database
import HTTP
import Templates

extension Failure {
    /// Any error as a failure, with the place in the wiring where it came up. A failure that knows its place keeps it.
    init(_ error: any Error, in exchange: Exchange, line: Int) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ExpressionError:
            self = Failure(error.kind == .undefinedName ? .undefinedName : .wrongType, error.message)
        case let error as TemplateError:
            self = Failure(.template, error.message, file: error.file, line: error.line)
        case let error as DatabaseError: self = Failure(error)
        case let error as ClientError: self = Failure(error)
        case is CancellationError: self = Failure(.timeout, "the request was cancelled", status: 499)
        default: self = Failure(.failed, "\(error)")
        }
        guard line > 0 else { return }
        if file.isEmpty {
            file = "services/\(exchange.service.name).json"
            self.line = line
        } else if details["wiringLine"] == nil {
            details["wiringLine"] = .int(line)
        }
    }

    private init(_ error: DatabaseError) {
        switch error.cause {
        case .poolExhausted: self = Failure(.poolExhausted, error.description)
        case .connection: self = Failure(.databaseUnavailable, error.description)
        case .constraint: self = Failure(.constraint, error.description)
        default: self = Failure(.databaseError, error.description)
        }
    }

    init(_ error: ClientError) {
        switch error {
        case .connectionRefused(let host, let port):
            self = Failure(.connectionRefused, error.description, details: ["host": .string(host), "port": .int(port)])
        case .timedOut: self = Failure(.timeout, error.description)
        case .connectionReset: self = Failure(.connectionReset, error.description)
        case .nameNotResolved(let host): self = Failure(.nameNotResolved, error.description, details: ["host": .string(host)])
        default: self = Failure(.failed, error.description)
        }
    }
}

extension CompiledService {
    /// Gives a failure the name that the service's language has for it.
    func name(_ failure: inout Failure) {
        guard failure.type.isEmpty else { return }
        guard let name = exceptions[failure.kind] else {
            failure.type = failure.kind.rawValue
            return
        }
        failure.type = name.type
        guard let message = name.message else { return }
        var text = message
        for (key, value) in failure.details.merging(["message": .string(failure.message)], uniquingKeysWith: { first, _ in first }) {
            text = text.split(separator: "{\(key)}", omittingEmptySubsequences: false).joined(separator: value.text)
        }
        failure.message = text
    }
}
