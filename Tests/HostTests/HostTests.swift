import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// A real host on free ports, asked over real sockets.
@Suite struct HostTests {
    @Test func `every service, telemetry and control listen on ports of their own`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            #expect(try await guest.get("store", "/").text.contains("12 things"))
            #expect(try await guest.get("prices", "/prices").json.elements?.count == 12)
            let services = try await guest.observe("/api/services").json["data"]?.elements?.map(\.text)
            #expect(services == ["db", "prices", "store"])
            #expect(try await guest.observe("/nothing").status == 404)
            let status = try await guest.command("GET", "/v1/status")
            #expect(status["shops"]?["0"]?["state"]?.text == "fixed")
            #expect(status["shops"]?["0"]?["services"]?["0"]?["url"]?.text == (try await guest.url("store")))
            #expect(status["observability"]?.text == (await guest.host.observabilityURL))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.folder + "/control.json"))
    }

    @Test func `the control file is for its owner only`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let path = guest.host.configuration.controlFile
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try guest.controlFile.processID == Int(getpid()))
        }
    }

    @Test func `a second host leaves the first one's control file alone`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest async throws in
            let file = try guest.controlFile
            let second = try PackFolder()
            let error = #expect(throws: ControlFileInUse.self) {
                try RunningHost(second.configuration { $0.controlFile = guest.host.configuration.controlFile })
            }
            #expect(error?.processID == file.processID)
            #expect(try guest.controlFile == file)
            #expect(try await guest.control("GET", "/v1/status").status == 200)
        }
    }

    @Test func `a control file that a killed host left behind is replaced`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration()
        // Nobody listens on the lowest port.
        let left = ControlFile(url: "http://127.0.0.1:1", token: "old", processID: 1)
        try left.write(to: configuration.controlFile)
        try Guest.visit(configuration) { guest async throws in
            #expect(try guest.controlFile != left)
            #expect(try await guest.control("GET", "/v1/status").status == 200)
        }
    }

    static let commands = [
        ("GET", "/v1/status"), ("GET", "/v1/faults"), ("GET", "/v1/source?service=store"), ("GET", "/v1/checks"), ("GET", "/v1/fingerprint"),
        ("POST", "/v1/switch"), ("POST", "/v1/faults"), ("POST", "/v1/deploy"), ("POST", "/v1/reset"),
    ]

    @Test func `no command is obeyed without the token`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let token = try guest.controlFile.token
            for (method, path) in Self.commands {
                for wrong in ["", "Bearer ", "Bearer \(token)x", "Bearer \(token.dropLast())x", "Basic \(token)", token] {
                    #expect(try await guest.control(method, path, .object([:]), authorization: wrong).status == 401, "\(method) \(path) \(wrong)")
                }
            }
            #expect(try await guest.control("GET", "/v1/status").status == 200)
            #expect(try await guest.control("GET", "/v1/nothing").status == 404)
            #expect(try await guest.control("DELETE", "/v1/reset").status == 404)
        }
    }

    @Test func `learners' ports answer nothing about faults`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest async throws in
            for (_, path) in Self.commands {
                #expect(try await guest.get("store", path).status == 404)
                #expect(try await guest.observe(path).status == 404)
            }
        }
    }

    @Test(arguments: [
        ("/v1/faults", #"{"name": "prices-wate"}"#, #"did you mean "prices-wait"?"#),
        ("/v1/faults", #"{"name": "prices-wait", "options": {"milliseconds": 0}}"#, "allowed are 1 to 10000"),
        ("/v1/faults", #"{"on": true}"#, #"the body needs "name""#), ("/v1/faults", "{", "the body is not JSON"),
        ("/v1/faults", #"{"name": "prices-wait", "on": false}"#, "is not on"), ("/v1/reset", #"{"shop": "shap"}"#, #"did you mean "shop"?"#),
        ("/v1/logs", #"{"job": "locust", "lines": "one"}"#, #"needs "lines" as a list"#),
        ("/v1/switch", #"{"pack": "nowhere"}"#, #"there is no pack "nowhere""#), ("/v1/deploy", #"{"service": "stoer", "text": "{}"}"#, #"did you mean "store"?"#),
        ("/v1/deploy", #"{"view": "hom", "text": "x"}"#, #"did you mean "home"?"#),
    ])
    func `a wrong command says what to type and changes nothing`(path: String, body: String, message: String) throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let before = try await guest.fingerprint()
            let file = try guest.controlFile
            let answer = try await guest.client.send(
                ClientRequest(method: "POST", url: file.url + path, headers: ["Authorization": "Bearer \(file.token)"], body: Array(body.utf8), timeout: .seconds(20)))
            #expect(answer.status == 422)
            #expect(try answer.json["error"]?.text.contains(message) == true, "\(answer.text)")
            #expect(try await guest.fingerprint() == before)
        }
    }

    @Test func `a host whose port is taken says so and leaves nothing open`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let port = try #require(await guest.host.shops[0].servicePorts["prices"])
            let second = try PackFolder()
            let taken = second.configuration { $0.shops[0].port = port }
            #expect(throws: (any Error).self) { try RunningHost(taken) }
            #expect(try await guest.get("prices", "/prices").status == 200)
            #expect(!FileManager.default.fileExists(atPath: second.folder + "/control.json"))
        }
    }
}
