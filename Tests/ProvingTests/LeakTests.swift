import Base
import Packs
import Testing

@testable import Proving

@Suite struct LeakTests {
    static let quickness = #""proof": {"red": ["Home page is quick", "Prices are quick"]}"#
    static let nap = #""nap": {"do": "sleep", "forMilliseconds": 2500, "after": "items"}"#

    /// Each puts a word where a learner sees it.
    static let leaks: [(definition: String, word: String, place: String)] = [
        (#""patch": {"prices": {"GET /prices": {\#(nap), "tell": {"do": "log", "text": "Injected 2.5 s", "after": "items"}}}}"#, "inject", "log"),
        (#""patch": {"prices": {"headers": {"X-Fault": "1"}, "GET /prices": {\#(nap)}}}"#, "fault", "headers of GET http://127.0.0.1:3001/prices"),
        (#""patch": {"prices": {"headers": {"X-Note": "prices_odd"}, "GET /prices": {\#(nap)}}}"#, "prices_odd", "wiring of prices"),
        (#""patch": {"prices": {"telemetry": {"server": {"attributes": {"cause": "PRICES-ODD"}}}, "GET /prices": {\#(nap)}}}"#, "prices-odd", "span"),
        (#""deployment": {"service": "prices", "version": "2.0", "title": "Odd prices"}, "patch": {"prices": {"GET /prices": {\#(nap)}}}"#, "odd", "event"),
        (#""patch": {"prices": {"version": "odd", "GET /prices": {\#(nap)}}}"#, "odd", "metric"),
    ]

    @Test(arguments: leaks) func `a word that gives the fault away is found where it stands`(definition: String, word: String, place: String) throws {
        let proof = try KioskPack.proof(ofFault: definition + ", " + Self.quickness)
        let found = proof.findings.compactMap { finding in if case .leak(let leak) = finding { leak } else { nil } }
        #expect(found.contains { $0.word == word && $0.place == place }, "\(found)")
        #expect(found.count == proof.findings.count)
        #expect(!proof.isProved)
    }

    @Test func `a page is read too`() throws {
        let pages = ["views/home.mustache": [("<h1>", "<!-- fixed --><h1>")]]
        let prepared = try KioskPack.prepared(pages)
        let proof = try Prover(prepared: prepared).prove(#require(prepared.pack.state(named: "fixed")))
        #expect(proof.findings == [.leak(Leak(word: "fixed", place: "body of GET http://127.0.0.1:3000/", excerpt: "<!-- fixed --><h1>12 things</h1>"))])
    }

    @Test func `pages that no check opens are read: those without anything to fill in, and those that links lead to`() throws {
        let routes = #"""
            "routes": {
                "GET /about": [{"step": "a", "do": "respond", "html": "<a href=\"/about/us?x=1#top\">us</a>"}],
                "GET /about/{topic}": [{"step": "a", "do": "respond", "html": "<p>a fixed page</p>"}],
            """#
        let prepared = try KioskPack.prepared(["services/store.json": [("\"routes\": {", routes)]])
        let proof = try Prover(prepared: prepared).prove(#require(prepared.pack.state(named: "fixed")))
        #expect(proof.findings == [.leak(Leak(word: "fixed", place: "body of GET http://127.0.0.1:3000/about/us?x=1", excerpt: "<p>a fixed page</p>"))])
    }

    @Test(arguments: [
        ("the default font", []), ("no fault here", ["fault"]), ("Faults", ["fault"]), ("re-injected", ["inject"]), ("disinjected", []),
        ("prices-wait", ["prices-wait"]), ("prices_wait=1", ["prices_wait"]), ("prices-waited", []), ("unbroken", []), ("BROKEN", ["broken"]),
        ("a\0broken", ["broken"]), ("unbroken broken", ["broken"]), ("", []),
    ])
    func `words are found whole`(text: String, words: [String]) throws {
        let giveaways = GiveawayWords(try KioskPack.prepared().pack)
        #expect(giveaways.occurrences(in: Array(text.utf8)).map(\.word) == words)
    }
}
