import Foundation
import Proving
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
}
