import Base
import Handlers
import Host
import Packs
import Proving
import Storefront

/// `shophost prove`: shows that every fault and state of packs does what it says; no host needed.
enum ProveCommand {
    /// 0 when everything is proved, 1 otherwise.
    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        let seed = try arguments.takeInteger("--seed", in: 0...Int.max).map(UInt64.init) ?? 1
        let pack = try arguments.takeOption("--pack")
        let asksEverything = arguments.takeFlag("--every-check")
        let faults = try arguments.takeOptions("--fault")
        try arguments.end()
        guard faults.isEmpty || pack != nil else { throw UsageError("--fault goes with --pack NAME") }
        let reports = try (pack.map { [$0] } ?? PackLibrary.builtInNames).map { name in
            let prover = try Prover(prepared: PreparedPack(PackLibrary.files(ofPackOrFolder: name), handlers: .builtIn), seed: seed, asksEverything: asksEverything)
            let report = faults.isEmpty ? try prover.prove() : try prover.prove(faults: faults)
            if !asJSON { Terminal.print(report.text) }
            return report
        }
        if asJSON { Terminal.print(Value.list(reports.map(\.value)).json(.pretty)) }
        return reports.allSatisfy(\.isProved) ? 0 : 1
    }
}
