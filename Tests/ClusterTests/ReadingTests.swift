import Base
import Testing

@testable import Cluster

@Suite struct ReadingTests {
    @Test func `amounts are written as in Kubernetes`() {
        #expect(Quantity.millicores("250m") == 250)
        #expect(Quantity.millicores("0.5") == 500)
        #expect(Quantity.millicores(2) == 2_000)
        #expect(Quantity.mebibytes("1Gi") == 1_024)
        #expect(Quantity.mebibytes("1.5Mi") == 1.5)
        #expect(Quantity.mebibytes(.int(1_048_576)) == 1)
        for text in ["m", "1x", "-1", "1e3", "Mi", ""] { #expect(Quantity.mebibytes(.string(text)) == nil, "\(text)") }
    }

    @Test func `every mistake has its place and the nearest name`() throws {
        let text = """
            { "replicaz": 2, "replicas": -1,
              "resources": { "limits": { "memory": "lots" } },
              "concurrency": { "holdMilliseconds": 5 },
              "livenessProbe": { "periodSeconds": "3" },
              "noEndpoints": { "connections": "hangs" },
              "schedule": [ { "replicas": 1 }, { "everySeconds": 0 } ] }
            """
        let diagnostics = Diagnostics()
        _ = DeploymentSpec(try JSONNode.parse(text.utf8, file: "web.json"), pointer: "/deployment", reporting: diagnostics)
        #expect(throws: Problems.self) { try diagnostics.check() }
        let found = diagnostics.problems.map { "\($0.location.line) \($0.pointer) \($0.message)" }
        #expect(
            found.sorted() == [
                "1 /deployment/replicas -1 is out of range; allowed are 0 to 100", "1 /deployment/replicaz unknown name \"replicaz\"; did you mean \"replicas\"?",
                "2 /deployment/resources/limits/memory expected an amount of memory such as \"300Mi\"", "3 /deployment/concurrency \"slots\" is missing",
                "4 /deployment/livenessProbe/periodSeconds expected a number, found a string",
                "5 /deployment/noEndpoints/connections no choice is named \"hangs\"; did you mean \"hang\"?",
                "6 /deployment/schedule/1 \"replicas\" is missing", "6 /deployment/schedule/1/everySeconds 0.0 is out of range; allowed are 1.0 to 31622400.0",
            ])
    }

    @Test func `too little processor makes requests keep their slots longer`() throws {
        func hold(_ cpu: String) throws -> Duration {
            try readSpec(#"{ "resources": { "limits": { "cpu": "\#(cpu)" } }, "usage": { "cpuMillisecondsPerRequest": 2.1 }, "concurrency": { "slots": 16, "holdMilliseconds": 148 } }"#).effectiveHold
        }
        #expect(try hold("300m") == .milliseconds(148))
        #expect(try hold("100m") == .milliseconds(336))
    }
}
