import Base
import Dispatch
import Export
import Foundation
import Host
import Load
import Storefront
import Telemetry

/// `shophost --pack ...`: runs shops until it is told to stop.
enum HostCommand {
    static func run(_ arguments: inout Arguments) throws -> Int32 {
        let configuration = try configuration(&arguments)
        try arguments.end()
        guard !configuration.shops.isEmpty else {
            throw UsageError("which pack? For example: shophost --pack \(PackLibrary.builtInNames.first ?? "FOLDER") --state broken")
        }
        // A server grants 10,000 connections (ServerLimits); files, databases and other ports come on top.
        DescriptorTable.prepare(for: 16_384)
        let host = try ShopHost(configuration)
        let stop = StopSignal(on: host.mainLoop)
        try host.mainLoop.run {
            try await host.start()
            Terminal.print(try await Greeting.text(host))
            await stop.wait()
            await host.stop()
            if let recorder = host.recorder { Terminal.print(recordingText(recorder)) }
        }
        return 0
    }

    private static func recordingText(_ recorder: TrafficRecorder) -> String {
        let summary = recorder.summary
        var text = "recorded \(summary.requests) requests, beginning in \(recorder.firstPath)\n"
        if summary.droppedRequests + summary.droppedResponses > 0 {
            text += "not recorded, because the disk was too slow or full: \(summary.droppedRequests) requests, \(summary.droppedResponses) answers\n"
        }
        if let failure = summary.failure { text += "the recording ended early: \(failure)\n" }
        return text
    }

    private static func configuration(_ arguments: inout Arguments) throws -> HostConfiguration {
        var configuration = HostConfiguration()
        configuration.environment = ProcessInfo.processInfo.environment
        configuration.shops = try shops(&arguments)
        configuration.host = try arguments.takeOption("--host") ?? configuration.host
        configuration.observabilityPort = try arguments.takeInteger("--observability-port", in: 0...65_535)
        configuration.controlPort = try arguments.takeInteger("--control-port", in: 0...65_535) ?? 0
        configuration.collector = try arguments.takeOption("--collector").map(collector)
        configuration.mesh = try arguments.takeChoice("--mesh", ShopConfiguration.Mesh.self) ?? .direct
        configuration.instrumentation = try arguments.takeChoice("--instrumentation", Telemetry.Instrumentation.self)
        configuration.seed = try arguments.takeInteger("--seed", in: 0...Int.max).map(UInt64.init)
        configuration.dataDirectory = try arguments.takeOption("--data")
        configuration.databaseURL = try databaseURL(&arguments)
        configuration.databaseSchema = try databaseSchema(&arguments, configuration)
        configuration.logs = try logs(&arguments)
        configuration.recording = try recording(&arguments)
        let environment = configuration.environment
        for warning in OTLPConfiguration.parse(environment).warnings + DatadogConfiguration.parse(environment).warnings + XRayConfiguration.parse(environment).warnings {
            Terminal.complain("shophost: \(warning)\n")
        }
        if let rum = try arguments.takeOption("--rum") {
            switch rum {
            case "datadog": configuration.rum = .datadog
            case "local": configuration.rum = .local
            case "off": configuration.rum = .off
            default: configuration.rum = .template(path: rum)
            }
        }
        return configuration
    }

    private static func databaseSchema(_ arguments: inout Arguments, _ configuration: HostConfiguration) throws -> String? {
        guard let name = try arguments.takeOption("--database-schema") else { return nil }
        guard configuration.databaseURL != nil else { throw UsageError("--database-schema goes with --database URL") }
        guard !name.isEmpty, name.utf8.count <= 20, name.utf8.allSatisfy(isNameByte) else {
            throw UsageError("--database-schema needs up to 20 letters, digits, - and _, not \"\(name)\"")
        }
        return name
    }

    /// libpq takes what it does not know for the name of a database on this machine.
    private static func databaseURL(_ arguments: inout Arguments) throws -> String? {
        guard let url = try arguments.takeOption("--database") else { return nil }
        let isKeywords = url.contains("=") && !url.contains("://")
        guard isKeywords || url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw UsageError("--database needs postgresql://USER@HOST/NAME, not \"\(url)\"")
        }
        return url
    }

    private static func logs(_ arguments: inout Arguments) throws -> LogSink.Destination? {
        switch try arguments.takeOption("--logs") {
        case nil, "-": .standardOutput
        case "off": nil
        case let directory?: .directory(try writable(directory))
        }
    }

    private static func recording(_ arguments: inout Arguments) throws -> HostConfiguration.Recording? {
        let services = try arguments.takeOptions("--record-service")
        let limit = try arguments.takeOption("--record-size-limit")
        guard let path = try arguments.takeOption("--record") else {
            guard services.isEmpty && limit == nil else { throw UsageError("--record-service and --record-size-limit go with --record FILE.gor") }
            return nil
        }
        guard let bytes = limit.map(ByteSize.parse) ?? TrafficRecorder.standardChunkBytes else {
            throw UsageError("--record-size-limit needs a size such as 32mb or 500kb, not \"\(limit ?? "")\"")
        }
        return HostConfiguration.Recording(path: path, services: services, chunkBytes: bytes)
    }

    /// Made when it is missing. Without this check a shop would run and its lines would go nowhere.
    private static func writable(_ directory: String) throws -> String {
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        guard access(directory, W_OK | X_OK) == 0 else { throw UsageError("--logs: nothing can be written to the folder \(directory)") }
        return directory
    }

    private static func collector(_ path: String) throws -> CollectorConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("--collector: the file \(path) cannot be read") }
        return try CollectorConfiguration.read(Array(data), file: path)
    }

    private static func shops(_ arguments: inout Arguments) throws -> [HostConfiguration.ShopRequest] {
        let pack = try arguments.takeOption("--pack")
        let state = try arguments.takeOption("--state")
        let port = try arguments.takeInteger("--port", in: 0...65_535)
        // A shop of --pack comes first and has the first block of ports.
        let first = pack == nil ? 0 : 1
        var shops = try arguments.takeOptions("--shop").enumerated().map { try shop($1, number: first + $0, base: port) }
        if let pack {
            shops.insert(HostConfiguration.ShopRequest(name: "shop", pack: pack, state: state ?? "broken", port: port), at: 0)
        } else if state != nil {
            throw UsageError("--state goes with --pack NAME; a --shop names its state itself: --shop NAME=PACK:STATE")
        }
        for (index, shop) in shops.enumerated() where shops[..<index].contains(where: { $0.name == shop.name }) {
            throw UsageError("two shops are named \"\(shop.name)\"")
        }
        return shops
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Ports of a shop without a port of its own: blocks of 100 after the first shop's.
    private static let portStep = 100

    private static func shop(_ text: String, number: Int, base: Int?) throws -> HostConfiguration.ShopRequest {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw UsageError("--shop needs NAME=PACK:STATE, not \"\(text)\"") }
        // The name becomes part of file and schema names.
        guard parts[0].utf8.allSatisfy(isNameByte) else { throw UsageError("a shop's name is made of letters, digits, - and _, not \"\(parts[0])\"") }
        var rest = parts[1]
        var port = number == 0 && base == nil ? nil : (base ?? 3_000) + number * portStep
        if let at = rest.lastIndex(of: "@") {
            guard let number = Int(rest[rest.index(after: at)...]), (0...65_535).contains(number) else { throw UsageError("after @ comes a port: --shop \(parts[0])=PACK:STATE@3100") }
            port = number
            rest = String(rest[..<at])
        }
        let colon = rest.lastIndex(of: ":")
        return HostConfiguration.ShopRequest(
            name: parts[0], pack: colon.map { String(rest[..<$0]) } ?? rest, state: colon.map { String(rest[rest.index(after: $0)...]) } ?? "broken", port: port)
    }
}

/// What is printed when everything runs.
enum Greeting {
    static func text(_ host: ShopHost) async throws -> String {
        var text = ""
        var entries: [String] = []
        for hosted in host.shops {
            let ports = await hosted.servicePorts
            let address = host.configuration.reachableHost
            let (title, state, rows, entry) = try await hosted.shop.with { core in
                (
                    core.pack.title, core.stateName,
                    core.services.compactMap { service in ports[service.name].map { ["  " + service.name, "http://\(address):\($0)", service.isReachable ? "" : "not reachable"] } },
                    "http://\(address):\(ports[core.pack.entry] ?? 0)"
                )
            }
            text += Terminal.bold("\(title) (\(state))") + (host.shops.count > 1 ? " as \(hosted.name)" : "") + "\n"
            text += Terminal.table(rows.map { $0.last!.isEmpty ? Array($0.dropLast()) : $0 })
            entries.append(entry)
        }
        text += "observability \(await host.observabilityURL)\n"
        if let recorder = host.recorder { text += "recording to \(recorder.firstPath)\n" }
        let folder = commandFolder
        text += "try: \(folder)synthetics-start checks | \(folder)shophost faults | \(folder)shophost --help\n"
        for entry in entries { text += "ready \(entry)\n" }
        return text
    }
}

extension Greeting {
    /// What to type before a command's name: the folder of this program when it was started with one.
    private static var commandFolder: String {
        let path = CommandLine.arguments[0]
        return path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}

/// SIGINT and SIGTERM as something to wait for. Made before anything is announced, so that no signal is lost.
// @unchecked Sendable: the sources are made once and only cancelled, which may be done from anywhere.
final class StopSignal: @unchecked Sendable {
    private let sources: [any DispatchSourceSignal]
    private let end: LoopEnd

    init(on loop: EventLoop) {
        let end = LoopEnd(loop: loop)
        self.end = end
        sources = [SIGINT, SIGTERM].map { number in
            // First: the source puts its own handler in this place, some time after it was resumed.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { end.signal() }
            source.resume()
            return source
        }
    }

    func wait() async {
        await end.wait()
        for source in sources { source.cancel() }
    }
}
