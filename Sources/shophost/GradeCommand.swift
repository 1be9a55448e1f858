import Base
import Foundation
import Handlers
import Host
import Packs
import Proving
import Storefront

/// `shophost grade`: whether what a learner has changed mends what was to be mended.
enum GradeCommand {
    /// 0 when it does, 1 when not, 2 when that could not be found out.
    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let options = try Options(&arguments)
        do {
            let order = if let folder = options.folder { try Self.order(ofFolder: folder, options) } else { try Self.order(ofHost: options) }
            let prepared = try PreparedPack(order.files, handlers: .builtIn)
            let submission = order.submission ?? Submission(order.folder!, of: prepared.pack)
            // Today, as what runs would see it: a wiring may look at the clock.
            let now = World.real(loop: try EventLoop()).now
            let grade = try Grader(prepared: prepared, seed: options.seed, startingAt: now).grade(submission, for: order.assignment)
            print(grade, options)
            return grade.isFixed ? 0 : 1
        } catch where !(error is UsageError || error is Problems || error is Problem) {
            Terminal.complain("shophost: \(error)\n")
            return 2
        }
    }

    private struct Options {
        let asJSON: Bool
        let namesFaults: Bool
        let shop: String?
        let pack: String?
        let state: String?
        let faults: [String]
        let folder: String?
        let seed: UInt64

        init(_ arguments: inout Arguments) throws {
            asJSON = arguments.takeFlag("--json")
            namesFaults = arguments.takeFlag("--trainer")
            shop = try arguments.takeOption("--shop")
            pack = try arguments.takeOption("--pack")
            state = try arguments.takeOption("--state")
            faults = try arguments.takeOptions("--fault")
            folder = try arguments.takeOption("--submission")
            // Another one each time: who knows the values of the last verdict must not be able to answer with them.
            let drawn = World.real(loop: try EventLoop()).seed % 1_000_000
            seed = try arguments.takeInteger("--seed", in: 0...Int.max).map(UInt64.init) ?? drawn
            try arguments.end()
        }
    }

    /// What is judged.
    private struct Order {
        /// Of the pack as it was handed out.
        var files: PackFiles
        var assignment: Assignment
        var submission: Submission?
        /// Where the submission is still to be read from.
        var folder: PackFiles?
    }

    // MARK: A folder

    private static func order(ofFolder path: String, _ options: Options) throws -> Order {
        let folder = try PackFiles.read(anyDirectory: path)
        let named = folder.contents["pack.json"].flatMap { try? Value.parse(json: $0) }?["name"]?.text
        guard let pack = options.pack ?? named else {
            throw UsageError("the folder does not say which pack it is for; for example: --pack \(PackLibrary.builtInNames.first ?? "FOLDER")")
        }
        return Order(files: try PackLibrary.files(ofPackOrFolder: pack), assignment: assignment(options), folder: folder)
    }

    private static func assignment(_ options: Options) -> Assignment {
        // A single fault is a task of its own; beside a state it is one more.
        let state = options.state ?? (options.faults.isEmpty ? "broken" : "fixed")
        return Assignment(state: state, faults: options.faults.map { ActiveFault(name: $0) })
    }

    // MARK: A running host

    private static func order(ofHost options: Options) throws -> Order {
        let query = options.shop.map { "?shop=\(PercentEncoding.encode($0))" } ?? ""
        let answer: Value
        do { answer = try ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/submission" + query, body: nil)) } catch {
            throw ControlClient.Failure(description: "\(error)\nWithout a host, name the files to judge: shophost grade --submission FOLDER --pack NAME")
        }
        guard let pack = answer["pack"]?.text, let state = answer["state"]?.text, let submission = answer["submission"].flatMap({ Submission($0) }) else {
            throw ControlClient.Failure(description: "the host answered with something else than what it runs; is it another version of shophost?")
        }
        let shipped = answer["shipped"].flatMap { PackFiles($0, origin: pack) }
        var chosen = Assignment(state: state, faults: (answer["faults"]?.elements ?? []).compactMap { ActiveFault($0) })
        if options.state != nil || !options.faults.isEmpty { chosen = assignment(options) }
        return Order(files: try options.pack.map(PackLibrary.files(ofPackOrFolder:)) ?? shipped ?? PackLibrary.files(pack), assignment: chosen, submission: submission)
    }

    // MARK: The verdict

    private static func print(_ grade: Grade, _ options: Options) {
        guard options.asJSON else { return Terminal.print(grade.text(namesFaults: options.namesFaults) + "seed \(options.seed)\n") }
        let members = grade.value(namesFaults: options.namesFaults).fields.map { Array(zip($0.layout.names, $0.values)) } ?? []
        Terminal.print(Value.record(Record(members + [("seed", .int(Int(options.seed)))])).json(.pretty))
    }
}
