import Base
import HTTP
import Testing

@testable import Synthetics

/// A driver that answers from a script; every browser has the session `s`.
struct ScriptedBrowsers: BrowserSource {
    let transport: ScriptedTransport

    func open(_ capabilities: Capabilities) async throws(BrowserProblem) -> WebDriverSession {
        do { return try await WebDriverClient(transport, baseURL: "http://d").open(capabilities, within: .seconds(60)) } catch {
            throw .failed(error.message)
        }
    }
}

/// A machine without a browser.
struct NoBrowsers: BrowserSource {
    func open(_ capabilities: Capabilities) async throws(BrowserProblem) -> WebDriverSession { throw .absent("install one") }
}

typealias DriverAnswer = ScriptedTransport.Answer

extension ScriptedTransport.Answer {
    /// The protocol's frame around a value.
    static func value(_ json: String) -> DriverAnswer { .response(200, #"{"value":\#(json)}"#, Headers()) }

    /// - Parameter data: Of an open dialog.
    static func refusal(_ error: String, _ message: String = "it said no", dialog: String? = nil) -> DriverAnswer {
        let data = dialog.map { #","data":{"text":"\#($0)"}"# } ?? ""
        return .response(500, #"{"value":{"error":"\#(error)","message":"\#(error): \#(message)\n  (Session info)","stacktrace":"0"\#(data)}}"#, Headers())
    }

    static let element = DriverAnswer.value(#"{"element-6066-11e4-a52e-4f735466cecf":"e"}"#)
}

/// A definition of a browser test.
func browserTest(
    _ steps: [String] = [], name: String = "b", url: String = "http://h/", options: String = "{}", config: String = "", more: String = ""
) -> String {
    #"{"type":"browser","name":"\#(name)","options":\#(options)\#(more),"config":{"request":{"url":"\#(url)"}\#(config)},"steps":[\#(steps.joined(separator: ","))]}"#
}

func browserStep(_ type: String, _ params: String = "{}", name: String = "s", more: String = "") -> String {
    #"{"name":"\#(name)","type":"\#(type)","params":\#(params)\#(more)}"#
}

func css(_ selector: String, _ more: String = "") -> String {
    #"{"element":{"userLocator":{"values":[{"type":"css","value":"\#(selector)"}]}}\#(more)}"#
}

/// Plays the checks of one file in virtual time against a scripted driver.
///
/// - Parameter script: Answers by method and path below the session; what every step needs is answered already.
func play(
    _ json: String, _ script: [String: [DriverAnswer]] = [:], sources: VariableSources = VariableSources(), browsers: (any BrowserSource)? = nil
) throws -> (results: [CheckResult], requests: [ClientRequest]) {
    let entries = try CheckFile.read(json.utf8, file: "f.json")
    let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
    let none = DriverAnswer.value("null")
    var whole: [String: [DriverAnswer]] = [
        "POST http://d/session": [.value(#"{"sessionId":"s","capabilities":{}}"#)], "DELETE http://d/session/s": [none],
        "POST http://d/session/s/timeouts": [none], "POST http://d/session/s/url": [none], "POST http://d/session/s/refresh": [none],
        "GET http://d/session/s/url": [.value("\"http://h/\"")], "POST http://d/session/s/se/log": [.value("[]")],
        "GET http://d/session/s/screenshot": [.value("\"iVBORw==\"")], "POST http://d/session/s/element": [.element],
        "POST http://d/session/s/elements": [.value("[]")], "GET http://d/session/s/element/e/enabled": [.value("true")], "POST http://d/session/s/element/e/click": [none],
        "POST http://d/session/s/goog/cdp/execute": [.value("{}")], "POST http://d/session/s/actions": [none],
        "POST http://d/session/s/execute/sync": [none], "POST http://d/session/s/execute/async": [none],
        "POST http://d/session/s/element/e/clear": [none], "POST http://d/session/s/element/e/value": [none],
    ]
    for (key, answers) in script {
        let parts = key.split(separator: " ", maxSplits: 1)
        whole[key.contains("://") ? key : "\(parts[0]) http://d/session/s\(parts[1])"] = answers
    }
    let transport = ScriptedTransport(whole, loop: loop)
    let source = browsers ?? ScriptedBrowsers(transport: transport)
    let results = try loop.run { () async -> [CheckResult] in
        var random = SeededRandom(seed: 1)
        return await Runner(send: transport, loop: loop, sources: sources, browsers: source).run(entries, random: &random)
    }
    return (results, transport.requests)
}

extension [ClientRequest] {
    /// `POST /element/e/click {...}` of the commands that a check's steps sent, without what every step sends.
    var commands: [String] {
        compactMap { request in
            let path = request.url.replacing("http://d/session/s", with: "")
            let common = ["/elements", "/timeouts", "/se/log", "/screenshot", ""]
            guard request.url.hasPrefix("http://d/session/s/"), !common.contains(path) else { return nil }
            let body = String(decoding: request.body, as: UTF8.self)
            return "\(request.method) \(path)\(body.isEmpty || body == "{}" ? "" : " " + body)"
        }
    }
}
