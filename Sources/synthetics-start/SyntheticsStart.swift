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
            let interruption = Interruption()
            let outcome = try loop.run { () async throws -> ChecksCommand.Outcome in
                let client = Client(loop: loop, options: ClientOptions(authorityFile: environment["SSL_CERT_FILE"]))
                defer { client.close() }
                let transport = NetworkTransport(client)
                let browsers = ChromeBrowsers(transport, environment: environment, on: loop)
                let task = Task(executorPreference: loop) {
                    var random = World.real(loop: loop).random
                    let command = ChecksCommand(
                        options, environment: environment, workspace: LocalFiles(), transport: transport, loop: loop, output: Console(environment),
                        browsers: browsers)
                    return await command.run(random: &random)
                }
                interruption.stops { task.cancel() }
                let outcome = await task.value
                await browsers.close()
                return outcome
            }
            if let status = interruption.exitStatus {
                Console.complain("synthetics-start: interrupted\n")
                return status
            }
            Console.complain(outcome.complaint)
            return outcome.status
        } catch {
            Console.complain("synthetics-start: \(error)\n")
            return 2
        }
    }
}
