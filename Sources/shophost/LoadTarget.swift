import Base
import Foundation
import Host
import Load
import Packs
import Storefront

/// Finds the journey that is meant and the services that it visits.
enum LoadTarget {
    /// - Returns: The plan, and what is loaded, for people.
    static func plan(_ options: LoadOptions) throws -> (LoadPlan, title: String) {
        if let url = options.url {
            return (LoadPlan(.url(url), profile: options.amount.profile(nil), thresholds: options.thresholds, verifiesCertificates: false), url.url)
        }
        if let name = options.pack {
            let pack = try PackLoader.load(PackLibrary.files(ofPackOrFolder: name))
            var plan = try plan(options, pack: pack)
            if options.bases.isEmpty { plan.bases = try RunningShop.ask(options.shop).bases }
            return (plan, pack.title)
        }
        if isFile(options.journey!), !options.bases.isEmpty {
            return (try plan(options, file: try read(options.journey!, services: nil), bases: options.bases), options.journey!)
        }
        let shop = try RunningShop.ask(options.shop)
        let file = isFile(options.journey!) ? try read(options.journey!, services: shop.names) : try find(options.journey!, among: shop.journeys, of: shop.pack)
        let bases = options.bases.isEmpty ? shop.bases : expanded(options.bases, aliases: shop.aliases)
        return (try plan(options, file: file, bases: bases), "\(shop.title) (\(shop.state))")
    }

    /// A journey of a pack; where its services are, as far as the command line says it.
    static func plan(_ options: LoadOptions, pack: Pack) throws -> LoadPlan {
        let services = pack.services + pack.aliases.map(\.alias)
        let file = isFile(options.journey!) ? try read(options.journey!, services: services) : try find(options.journey!, among: PackJourneys.files(of: pack.files, services: services), of: pack.name)
        return try plan(options, file: file, bases: expanded(options.bases, aliases: pack.aliases.map { ($0.alias, $0.service) }))
    }

    private static func plan(_ options: LoadOptions, file: JourneyFile, bases: [String: String]) throws -> LoadPlan {
        let journey = try file.read()
        let missing = journey.services.filter { !$0.isEmpty && bases[$0] == nil }
        if !options.bases.isEmpty, bases[""] == nil, let service = missing.first {
            throw UsageError("the journey visits \"\(service)\": --base \(service)=URL")
        }
        return LoadPlan(.file(file), bases: bases, profile: options.amount.profile(journey.standard), thresholds: options.thresholds)
    }

    /// A short name may stand for a service, in the journey or on the command line.
    private static func expanded(_ bases: [String: String], aliases: [(alias: String, service: String)]) -> [String: String] {
        var bases = bases
        for (alias, service) in aliases {
            if bases[service] == nil { bases[service] = bases[alias] }
            if bases[alias] == nil { bases[alias] = bases[service] }
        }
        return bases
    }

    private static func isFile(_ name: String) -> Bool { name.contains("/") || name.hasSuffix(".json") }

    private static func read(_ path: String, services: [String]?) throws -> JourneyFile {
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("the file \(path) cannot be read") }
        return JourneyFile(path: path, text: Array(data), services: services)
    }

    private static func find(_ name: String, among files: [JourneyFile], of pack: String) throws -> JourneyFile {
        if let file = files.first(where: { $0.name == name }) { return file }
        let hint = files.isEmpty ? "; the pack \(pack) has none" : suggestion(for: name, among: files.map(\.name))
        throw UsageError("there is no journey \"\(name)\"" + hint)
    }
}

/// A shop of the running host, as far as load needs to know it.
struct RunningShop {
    var pack: String
    var title: String
    var state: String
    var aliases: [(alias: String, service: String)]
    /// By service and by short name; the entry service is also "".
    var bases: [String: String]
    var journeys: [JourneyFile]

    var names: [String] { bases.keys.filter { !$0.isEmpty } }

    static func ask(_ shop: String?) throws -> RunningShop {
        let query = shop.map { "?shop=\(PercentEncoding.encode($0))" } ?? ""
        let answer = try ControlClient.send(ControlClient.Request(method: "GET", path: "/v1/journeys" + query, body: nil))
        var bases: [String: String] = [:]
        if let services = answer["services"]?.fields { for (name, url) in zip(services.layout.names, services.values) { bases[name] = url.text } }
        let aliases = (answer["aliases"]?.fields).map { Array(zip($0.layout.names, $0.values.map(\.text))) } ?? []
        bases[""] = bases[answer["entry"]?.text ?? ""]
        for (alias, service) in aliases { bases[alias] = bases[service] }
        let names = bases.keys.filter { !$0.isEmpty }
        let files = (answer["files"]?.elements ?? []).map {
            JourneyFile(path: $0["name"]?.text ?? "", text: Array(($0["text"]?.text ?? "").utf8), services: names)
        }
        return RunningShop(
            pack: answer["pack"]?.text ?? "", title: answer["title"]?.text ?? "", state: answer["state"]?.text ?? "", aliases: aliases.map { ($0.0, $0.1) },
            bases: bases, journeys: files)
    }
}
