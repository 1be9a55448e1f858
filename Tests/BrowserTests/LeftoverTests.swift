import Foundation
import Testing

@testable import Synthetics

/// What the command leaves behind, however it ends: no driver, no browser, no zombie, no file.
@Suite(.serialized, .enabled(if: Product.canRun, "the programs are not built, or there is no browser"))
struct LeftoverTests {
    /// Nobody listens on the lowest port; the second step runs all the same and takes its time.
    private static func check(waiting seconds: Int) -> String {
        #"""
        {"type": "browser", "name": "Wait", "config": {"request": {"url": "http://127.0.0.1:1/"}}, "options": {},
         "steps": [{"name": "Wait", "type": "wait", "params": {"value": \#(seconds)}, "alwaysExecute": true}]}
        """#
    }

    /// The command with a temporary folder of its own, by which all its processes are known.
    private final class Run {
        let folder: Folder
        let product: Product
        var temporary: String { folder.path + "/tmp" }

        init(waiting seconds: Int) throws {
            folder = try Folder()
            try FileManager.default.createDirectory(atPath: folder.path + "/tmp", withIntermediateDirectories: true)
            try folder.write(LeftoverTests.check(waiting: seconds), to: "wait.json")
            let arguments = ["checks", "--files", folder.path + "/wait.json", "--screenshots", folder.path + "/pictures"]
            product = try Product("synthetics-start", arguments, environment: ["TMPDIR": folder.path + "/tmp", "SHOPHOST_CONTROL": folder.path + "/none"])
        }

        /// Browser processes; the command itself also has the folder in its environment.
        var browsers: Int {
            ProcessTable.naming(temporary).count { process in
                let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
                return path.map { !$0.hasSuffix("synthetics-start") } ?? false
            }
        }

        /// Asks again and again; false when nothing has come of it after 20 seconds.
        func eventually(_ condition: (Run) -> Bool) -> Bool {
            let deadline = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < deadline { if condition(self) { return true } }
            return false
        }
    }

    @Test func `a run that ends by itself leaves nothing`() throws {
        let run = try Run(waiting: 0)
        #expect(run.product.prints("=== REPORT"))
        #expect(run.eventually { $0.browsers == 0 && $0.folder.names("tmp").isEmpty })
        #expect(run.folder.names("pictures") == ["wait.chrome.laptop_large.0.png"])
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))]) func `an interrupted run ends its browsers first`(signal: Int32, status: Int32) throws {
        let run = try Run(waiting: 60)
        // Driver, shell, browser, its helpers.
        #expect(run.eventually { $0.browsers > 4 })
        #expect(run.product.end(by: signal) == status)
        #expect(run.browsers == 0)
        #expect(run.folder.names("tmp") == [])
    }

    @Test func `the browsers of a killed run end with it`() throws {
        let run = try Run(waiting: 60)
        #expect(run.eventually { $0.browsers > 4 })
        #expect(run.product.end(by: SIGKILL) == -SIGKILL)
        #expect(run.eventually { $0.browsers == 0 })
    }
}
