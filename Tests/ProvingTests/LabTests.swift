import Base
import Foundation
import Packs
import Testing

@testable import Proving

@Suite struct LabTests {
    private func labs(_ text: String) throws -> [Lab] {
        try LabReader.labs(of: try KioskPack.prepared(files: ["labs/1-first.json": text]).pack)
    }

    private static let head = #""title":"T","description":"D","state":"fixed""#

    @Test func `a lab is read with everything in it`() throws {
        let lab = try #require(
            try labs(
                #"{"$schema":"x",\#(Self.head),"steps":[{"title":"Look","text":"Do."},{"title":"Mend","text":"Do it.","commands":["ls"],"observe":"Much.","verify":{"evidence":["log status:error"],"absent":["xray fault"],"withinSeconds":30}},{"title":"Rest","text":"Sleep."}]}"#
            ).first)
        #expect(lab.name == "1-first" && lab.steps.count == 3 && lab.lastVerifiable == 2)
        #expect(lab.steps[1].verification == Lab.Verification(checks: [], evidence: ["log status:error"], absent: ["xray fault"], withinSeconds: 30))
        #expect(lab.text().contains("2. Mend\nDo it.\n\n  ls\n\nObserve: Much.\nDone? shophost lab verify 1-first 2\n"))
    }

    @Test(arguments: [
        (#"{\#(head)}"#, ["\"steps\" is missing"]), (#"{\#(head),"steps":[]}"#, ["a lab needs a list of steps"]), (#"{\#(head),"steps":[{"title":"a","text":"b"}]}"#, ["nobody would know"]),
        (#"{"title":"T","description":"D","state":"fixd","steps":[{"title":"a","text":"b","verify":{"evidence":["log"]}}]}"#, ["did you mean \"fixed\"?"]),
        (#"{\#(head),"stps":1,"steps":[{"titel":"a","text":"b","verify":{"evidence":["lg"]}}]}"#, ["\"stps\"", "\"titel\"", "\"title\" is missing", "/steps/0/verify/evidence/0"]),
        (#"{\#(head),"steps":[{"title":"a","text":"b","verify":{"checks":["Nobody's"],"withinSeconds":0}}]}"#, ["no check is named", "out of range"]),
        (#"{\#(head),"steps":[{"title":"a","text":"b","verify":{}}]}"#, ["needs checks, evidence or absent"]), ("[", ["labs/1-first.json:1:"]),
    ])
    func `mistakes are told all at once, with their places`(text: String, hints: [String]) {
        let problems = #expect(throws: Problems.self) { try labs(text) }
        for hint in hints { #expect(problems?.description.contains(hint) == true, "\(problems?.description ?? "")") }
    }

    @Test func `the schema in Packs is the one that the program writes`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Packs/\(LabSchema.fileName)").standardized
        #expect(try String(contentsOf: file, encoding: .utf8) == LabSchema.document.json(.pretty), "run: shophost schemas Packs")
    }
}
