import Base
import HTTP
import Synthetics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The command `synthetics-start`: judges a running shop with its checks.
@main
struct SyntheticsStart {
    static func main() {
        do throws(CommandLineOptions.UsageError) {
            let options = try CommandLineOptions(Array(CommandLine.arguments.dropFirst()))
            switch options.action {
            case .help: StandardStream.output.write(CommandLineOptions.help)
            case .checks: exit(checks(options))
            }
        } catch {
            Console.complain("synthetics-start: \(error)\nSee: synthetics-start --help\n")
            exit(2)
        }
    }

    private static func checks(_ options: CommandLineOptions) -> Int32 {
        do {
            // A reader that has enough, such as head, must not end the run without a word.
            signal(SIGPIPE, SIG_IGN)
            let loop = try EventLoop()
            let environment = Console.environment
            let outcome = try loop.run { () async throws -> ChecksCommand.Outcome in
                var random = World.real(loop: loop).random
                let client = Client(loop: loop, options: ClientOptions(authorityFile: environment["SSL_CERT_FILE"]))
                defer { client.close() }
                let command = ChecksCommand(
                    options, environment: environment, workspace: LocalFiles(), transport: NetworkTransport(client), loop: loop,
                    output: Console(environment))
                return await command.run(random: &random)
            }
            Console.complain(outcome.complaint)
            return outcome.status
        } catch {
            Console.complain("synthetics-start: \(error)\n")
            return 2
        }
    }
}
