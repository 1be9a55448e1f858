import Base
import Foundation
import Host
import HTTP

/// Commands that ask the running host.
enum ControlCommands {
    static func run(_ name: String, _ arguments: inout Arguments) throws -> Int32 {
        let asJSON = arguments.takeFlag("--json")
        let shop = try arguments.takeOption("--shop")
        let request = try request(name, &arguments, shop: shop)
        try arguments.end()
        let answer = try ControlClient.send(request)
        if name == "env" {
            Terminal.print(try EnvironmentReport.text(answer["variables"] ?? .null, asJSON: asJSON))
        } else if asJSON {
            Terminal.print(answer.json(.pretty))
        } else {
            Terminal.print(report(name, answer, shop: shop))
        }
        return 0
    }

    private static func request(_ name: String, _ arguments: inout Arguments, shop: String?) throws -> ControlClient.Request {
        var fields: [(String, Value)] = shop.map { [("shop", .string($0))] } ?? []
        let query = shop.map { "shop=\(PercentEncoding.encode($0))" }
        func read(_ path: String, _ more: String? = nil) -> ControlClient.Request {
            let pairs = [query, more].compactMap { $0 }.joined(separator: "&")
            return ControlClient.Request(method: "GET", path: pairs.isEmpty ? path : path + "?" + pairs, body: nil)
        }
        switch name {
        case "status": return read("/v1/status")
        case "env": return read("/v1/checks")
        case "collector": return read("/v1/collector")
        case "faults": return read("/v1/faults")
        case "source":
            if let view = try arguments.takeOption("--view") { return read("/v1/source", "view=\(PercentEncoding.encode(view))") }
            return read("/v1/source", "service=\(PercentEncoding.encode(try arguments.takeWord("the service")))")
        case "switch":
            fields.append(("pack", .string(try arguments.takeWord("the pack"))))
            if let state = try arguments.takeOptionalWord() { fields.append(("state", .string(state))) }
            return post("/v1/switch", fields)
        case "reset": return post("/v1/reset", fields)
        case "fault": return post("/v1/faults", try fields + faultFields(&arguments))
        default: return post("/v1/deploy", try fields + deployFields(&arguments))
        }
    }

    private static func post(_ path: String, _ fields: [(String, Value)]) -> ControlClient.Request {
        ControlClient.Request(method: "POST", path: path, body: .record(Record(fields)))
    }

    private static func faultFields(_ arguments: inout Arguments) throws -> [(String, Value)] {
        let settings = try arguments.takeOptions("--set").map { text -> (String, Value) in
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[1]) else { throw UsageError("--set needs OPTION=NUMBER, not \"\(text)\"") }
            return (String(parts[0]), .int(number))
        }
        let word = try arguments.takeWord("\"on\" or \"off\"")
        guard ["on", "off"].contains(word) else { throw UsageError("a fault is switched \"on\" or \"off\", not \"\(word)\"") }
        return [("on", .bool(word == "on")), ("name", .string(try arguments.takeWord("the fault's name"))), ("options", .record(Record(settings)))]
    }

    private static func deployFields(_ arguments: inout Arguments) throws -> [(String, Value)] {
        let view = try arguments.takeOption("--view")
        let service = try arguments.takeOption("--service")
        let version = try arguments.takeOption("--version")
        let weight = try arguments.takeInteger("--weight", in: 1...100)
        let title = try arguments.takeOption("--title")
        let path = try arguments.takeWord("the file")
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("the file \(path) cannot be read") }
        var fields: [(String, Value)] = [("file", .string(path)), ("text", .string(String(decoding: data, as: UTF8.self)))]
        if let view {
            fields.append(("view", .string(view)))
        } else {
            let name = (path as NSString).lastPathComponent
            fields.append(("service", .string(service ?? (name.hasSuffix(".json") ? String(name.dropLast(5)) : name))))
        }
        if let version { fields.append(("version", .string(version))) }
        if let weight { fields.append(("weight", .int(weight))) }
        if let title { fields.append(("title", .string(title))) }
        return fields
    }

    private static func report(_ name: String, _ answer: Value, shop: String?) -> String {
        switch name {
        case "source": return answer["text"]?.text ?? ""
        case "faults":
            let rows = (answer["faults"]?.elements ?? []).map { fault in
                [fault["on"] == true ? "on " : "off", fault["name"]?.text ?? "", fault["title"]?.text ?? ""]
            }
            return Terminal.table(rows)
        case "collector": return CollectorReport.text(answer)
        case "status": return (answer["shops"]?.elements ?? []).map(Self.text).joined() + "observability \(answer["observability"]?.text ?? "")\n"
        default: return text(answer)
        }
    }

    private static func text(_ shop: Value) -> String {
        let faults = (shop["faults"]?.elements ?? []).map(\.text)
        var text = Terminal.bold("\(shop["title"]?.text ?? "") (\(shop["state"]?.text ?? ""))") + " as \(shop["name"]?.text ?? "")\n"
        text += "  faults on: \(faults.isEmpty ? "none" : faults.joined(separator: ", "))\n"
        let rows = (shop["services"]?.elements ?? []).map { service in
            let versions = (service["versions"]?.elements ?? []).map { version in
                let weight = version["weight"]?.integer ?? 100
                return (version["version"]?.text ?? "") + (weight == 100 ? "" : " \(weight) %")
            }
            return ["  " + (service["name"]?.text ?? ""), service["url"]?.text ?? "", versions.joined(separator: ", ") + (service["reachable"] == true ? "" : "  not reachable")]
        }
        return text + Terminal.table(rows)
    }
}

/// Sends one request to the host named by the control file.
enum ControlClient {
    struct Request: Sendable {
        var method: String
        var path: String
        var body: Value?
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func send(_ request: Request) throws -> Value {
        let path = ControlFile.standardPath
        guard let file = ControlFile.read(path) else {
            throw Failure(description: "no host is running (there is no \(path)). Start one: shophost --pack \(PackLibrary.builtInNames.first ?? "FOLDER") --state broken")
        }
        let loop = try EventLoop()
        let response = try loop.run { () async throws -> ClientResponse in
            let client = Client(loop: loop)
            defer { client.close() }
            do {
                return try await client.send(
                    ClientRequest(
                        method: request.method, url: file.url + request.path, headers: ["Authorization": "Bearer \(file.token)", "Content-Type": "application/json"],
                        body: request.body?.jsonBytes() ?? []))
            } catch ClientError.connectionRefused {
                throw Failure(description: "the host of \(path) (process \(file.processID)) does not answer any more. Start one: shophost --pack \(PackLibrary.builtInNames.first ?? "FOLDER")")
            }
        }
        let answer = (try? Value.parse(json: response.body)) ?? .null
        guard response.status == 200 else { throw Failure(description: answer["error"]?.text ?? "the host answered \(response.status)") }
        return answer
    }
}
