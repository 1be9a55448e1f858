import Foundation
import Proving
import Storefront
import Testing

/// Every fix that a learner may think of is judged as it must be.
@Suite struct FixTests {
    @Test(arguments: Fix.all.filter(\.isRight)) func `a right fix is judged fixed, however it is written`(fix: Fix) throws {
        #expect(fix.problems == [])
        let grade = try Bank.grade(fix)
        #expect(grade.isFixed, "\(grade.text(namesFaults: true))")
        #expect(grade.allReasons == [])
    }

    @Test(arguments: Fix.all.filter { !$0.isRight }) func `a wrong fix is judged not fixed, and the verdict says why`(fix: Fix) throws {
        #expect(fix.problems == [])
        let grade = try Bank.grade(fix)
        #expect(!grade.isFixed)
        #expect(!fix.reasons.isEmpty, "the file gives no reasons")
        for reason in fix.reasons {
            let isGiven = grade.allReasons.contains { $0.kind == reason.kind && $0.sentence.contains(reason.says) }
            #expect(isGiven, "no \(reason.kind): \(reason.says)\n\(grade.text(namesFaults: true))")
        }
        if !fix.mended.isEmpty { #expect(grade.problems.filter(\.isFixed).map(\.fault) == fix.mended, "\(grade.text(namesFaults: true))") }
    }

    @Test func `every fault that can be mended has fixes of both kinds`() throws {
        for pack in Set(Fix.all.map(\.pack)) {
            let fixes = Fix.all.filter { $0.pack == pack }
            for fault in try Bank.prepared(pack).pack.faults.map(\.name) {
                let own = fixes.filter { $0.assignment == Assignment(state: "fixed", faults: [ActiveFault(name: fault)]) }
                #expect(own.contains { $0.isRight } && own.contains { !$0.isRight }, "\(pack): \(fault)")
            }
            #expect(fixes.count { !$0.isRight } >= 40 && fixes.count { $0.isRight } >= 15, "\(pack)")
        }
        #expect(Set(Fix.all.map(\.pack)).isSuperset(of: ["anycompany", "boutique", "sockshop", "storedog"]))
    }

    /// The checks that learners run must not be much weaker than the grader: who passes them believes to be done.
    @Test func `the checks alone see most of the wrong fixes`() throws {
        let wrong = Fix.all.filter { !$0.isRight }
        let seen = try wrong.filter { try Bank.grade($0).allReasons.contains { $0.kind == "check" } }
        #expect(Double(seen.count) >= 0.5 * Double(wrong.count), "\(seen.count) of \(wrong.count)")
        if ProcessInfo.processInfo.environment["REPORT"] != nil {
            print("checks alone: \(seen.count) of \(wrong.count); not seen by them:")
            for fix in wrong where !seen.contains(where: { $0.name == fix.name }) { print("  \(fix.name)") }
        }
    }

    @Test func `healthy shops answer every probe`() throws {
        for pack in Set(Fix.all.map(\.pack)) { try Bank.grader(pack).checkProbes() }
    }
}
