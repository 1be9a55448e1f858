import Base
import HTTP

/// Asks the running host for the checks of a shop and for the URLs of its services.
struct RunningHost {
    let file: ControlFile
    let path: String
    let transport: any CheckTransport

    /// What the host answers.
    struct Answer: Sendable {
        var pack: String
        var files: [(name: String, text: String)]
        var variables: [String: String]
    }

    private static let patience = Duration.seconds(10)

    /// - Throws: `CommandError` that says what to do.
    func checks(ofShop shop: String?) async throws(CommandError) -> Answer {
        let query = "shop=" + (shop.map { PercentEncoding.encode($0) } ?? "")
        let request = ClientRequest(
            url: "\(file.url)/v1/checks?\(query)", headers: Headers(["Authorization": "Bearer \(file.token)"]), timeout: Self.patience)
        let response: ClientResponse
        do { response = try await transport.send(request) } catch {
            let process = file.processID.map { "process \($0)" } ?? "the process"
            throw CommandError(
                "\(path) names a host (\(process) at \(file.url)) that does not answer: \(error)\nIs it still running? Start it again with: \(CommandError.startCommand)"
            )
        }
        guard response.status == 200 else { throw refusal(response) }
        guard let value = try? Value.parse(json: response.body), let answer = Self.answer(value) else {
            throw CommandError("the host at \(file.url) answered with something else than checks; is it another version of shophost?")
        }
        return answer
    }

    private func refusal(_ response: ClientResponse) -> CommandError {
        let said = (try? Value.parse(json: response.body))?["error"]?.plainText
        switch response.status {
        case 401, 403: return CommandError("the host at \(file.url) refuses the token in \(path); start the host again to renew it")
        case 404: return CommandError("the host at \(file.url) has no such shop\(said.map { ": \($0)" } ?? "")")
        case 422 where said != nil: return CommandError("the host at \(file.url) says: \(said!)")
        default: return CommandError("the host at \(file.url) answered \(response.status)\(said.map { ": \($0)" } ?? "")")
        }
    }

    private static func answer(_ value: Value) -> Answer? {
        guard let files = value["files"]?.elements else { return nil }
        var answer = Answer(pack: value["pack"]?.plainText ?? "", files: [], variables: [:])
        for file in files {
            guard case .string(let name)? = file["name"], case .string(let text)? = file["text"] else { return nil }
            answer.files.append((name, text))
        }
        if let variables = value["variables"]?.fields {
            for (name, value) in zip(variables.layout.names, variables.values) { answer.variables[name] = value.plainText }
        }
        return answer
    }
}
