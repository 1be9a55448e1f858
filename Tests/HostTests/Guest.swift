import Base
import Foundation
import HTTP
import Storefront

@testable import Host

/// A client of a running host, on an event loop of its own.
struct Guest: Sendable {
    let host: ShopHost
    let client: Client

    /// Starts a host on a thread of its own, runs a body beside it and stops it.
    static func visit<Result: Sendable>(_ configuration: HostConfiguration, _ body: @escaping @Sendable (Guest) async throws -> Result) throws -> Result {
        let running = try RunningHost(configuration)
        defer { running.stop() }
        let loop = try EventLoop()
        return try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            return try await body(Guest(host: running.host, client: client))
        }
    }

    // MARK: Shops

    func url(_ service: String, shop: String? = nil) async throws -> String {
        let hosted = try host.shop(named: shop)
        guard let port = await hosted.servicePorts[service] else { throw Unexpected("no service \(service)") }
        return "http://127.0.0.1:\(port)"
    }

    func get(_ service: String, _ path: String, shop: String? = nil) async throws -> ClientResponse {
        try await send("GET", service, path, shop: shop)
    }

    func send(_ method: String, _ service: String, _ path: String, json: String? = nil, shop: String? = nil) async throws -> ClientResponse {
        try await client.send(
            ClientRequest(
                method: method, url: try await url(service, shop: shop) + path, headers: json == nil ? [:] : ["Content-Type": "application/json"],
                body: Array((json ?? "").utf8), timeout: .seconds(20)))
    }

    /// Orders kept by the store of the test pack.
    func orderCount(shop: String? = nil) async throws -> Int? {
        try Value.parse(json: try await get("store", "/orders", shop: shop).body)["count"]?.integer
    }

    func order(shop: String? = nil) async throws {
        let answer = try await send("POST", "store", "/orders", json: #"{"item": 3}"#, shop: shop)
        guard answer.status == 201 else { throw Unexpected("\(answer.status): \(answer.text)") }
    }

    // MARK: Telemetry

    func observe(_ target: String) async throws -> ClientResponse {
        try await client.send(ClientRequest(url: await host.observabilityURL + target, timeout: .seconds(20)))
    }

    // MARK: Control

    var controlFile: ControlFile { get throws {
        guard let file = ControlFile.read(host.configuration.controlFile) else { throw Unexpected("no control file") }
        return file
    } }

    /// - Parameter authorization: The right token when nil.
    func control(_ method: String, _ path: String, _ body: Value? = nil, authorization: String? = nil) async throws -> ClientResponse {
        let file = try controlFile
        return try await client.send(
            ClientRequest(
                method: method, url: file.url + path, headers: ["Authorization": authorization ?? "Bearer \(file.token)"], body: body?.jsonBytes() ?? [],
                timeout: .seconds(30)))
    }

    /// The JSON of an answer that must be 200.
    @discardableResult
    func command(_ method: String, _ path: String, _ body: Value? = nil) async throws -> Value {
        let answer = try await control(method, path, body)
        guard answer.status == 200 else { throw Unexpected("\(method) \(path): \(answer.status) \(answer.text)") }
        return try Value.parse(json: answer.body)
    }

    func setFault(_ name: String, _ isOn: Bool) async throws { try await command("POST", "/v1/faults", .object(["name": .string(name), "on": .bool(isOn)])) }

    func fingerprint() async throws -> String? { try await command("GET", "/v1/fingerprint")["fingerprint"]?.text }

    // MARK: Waiting

    /// Asks again and again, because what happens in the host has no end that a client could wait for.
    ///
    /// - Returns: False when nothing has come of it after 20 seconds.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
        }
        return false
    }
}

/// Something else came than what a test goes on with.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ClientResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: Value { get throws { try Value.parse(json: body) } }
}
