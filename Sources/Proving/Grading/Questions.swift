import Base
import Packs
import Query
import Synthetics

/// The checks and probes of a pack.
public struct Questions: Sendable {
    let checks: [CheckEntry]
    let probes: [Probe]

    /// - Throws: All mistakes in the pack's check and probe files.
    public init(_ pack: Pack) throws(Problems) {
        var problems: [Problem] = []
        var checks: [CheckEntry] = []
        for file in pack.checks {
            do { checks += try CheckFile.read(file.text, file: pack.files.displayPath(file.name)) } catch { problems += error.list }
        }
        var probes: [Probe] = []
        for path in pack.files.paths(under: "probes", suffix: ".json") {
            do {
                let probe = try ProbeReader.read(pack.files.contents[path]!, file: pack.files.displayPath(path))
                problems += Self.mistakes(of: probe)
                probes.append(probe)
            } catch { problems += error.list }
        }
        if !problems.isEmpty { throw Problems(problems) }
        self.checks = checks
        self.probes = probes
    }

    /// What only this layer understands.
    private static func mistakes(of probe: Probe) -> [Problem] {
        probe.visits.flatMap(\.steps).flatMap { step in
            step.telemetry.compactMap { text in
                do throws(QueryError) {
                    _ = try EvidenceQuery.parse(text)
                    return nil
                } catch { return Problem("\"\(text)\" is not a query: \(error)", at: step.location) }
            }
        }
    }
}
