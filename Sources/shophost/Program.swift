import Foundation
import Base
import CJemalloc  // Takes the place of malloc by being linked.
import Host
import Packs
import Storefront

/// The command `shophost`.
@main
struct Program {
    static func main() {
        // A closed pipe (shophost packs | head -1) must not end the program by a signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            let status = try run(Array(CommandLine.arguments.dropFirst()))
            exit(status)
        } catch let error as UsageError {
            Terminal.complain("shophost: \(error.description)\nSee: shophost --help\n")
            exit(64)
        } catch let error as Problems {
            Terminal.complain(error.description + "\n")
            exit(65)
        } catch let error as Problem {
            Terminal.complain(error.description + "\n")
            exit(65)
        } catch {
            Terminal.complain("shophost: \(error)\n")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        var arguments = Arguments(arguments)
        if arguments.takeFlag("--help", "-h") {
            Terminal.print(Help.text(for: arguments.first))
            return 0
        }
        if arguments.takeFlag("--version") {
            Terminal.print("shophost 0.1\n")
            return 0
        }
        guard let name = arguments.takeCommand() else { return try HostCommand.run(&arguments) }
        switch name {
        case "packs": return try PackCommands.packs(&arguments)
        case "handlers": return try PackCommands.handlers(&arguments)
        case "validate": return try PackCommands.validate(&arguments)
        case "load": return try LoadCommand.run(&arguments)
        case "prove": return try ProveCommand.run(&arguments)
        case "replay": return try ReplayCommand.run(&arguments)
        case "slo": return try SLOCommand.run(&arguments)
        case "grade": return try GradeCommand.run(&arguments)
        case "lab": return try LabCommand.run(&arguments)
        case "schemas": return try PackCommands.schemas(&arguments)
        case "status", "env", "faults", "fault", "collector", "switch", "reset", "source", "deploy": return try ControlCommands.run(name, &arguments)
        case "get", "top", "describe", "scale", "logs": return try ClusterCommands.run(name, &arguments)
        case "help":
            let command = try arguments.takeOptionalWord()
            if let command, !Help.commands.contains(command) {
                throw UsageError("unknown command \"\(command)\"" + suggestion(for: command, among: Help.commands))
            }
            Terminal.print(Help.text(for: command))
            return 0
        default: throw UsageError("unknown command \"\(name)\"" + suggestion(for: name, among: Help.commands))
        }
    }
}
