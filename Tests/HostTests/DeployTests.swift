import Base
import HTTP
import Testing

@testable import Host

@Suite struct HostDeployTests {
    @Test func `the source that a learner fetches, edits and deploys is what runs`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration(state: "broken")) { guest in
            let source = try #require(try await guest.command("GET", "/v1/source?service=store")["text"]?.text)
            let faulty = #""do": "number", "from": 1000, "to": 9999"#
            try #require(source.contains(faulty))
            let fix = source.replacing(faulty, with: #""do": "db.insert", "table": "orders", "values": { "item_id": "{request.json.item}" }"#)
            try await guest.order()
            #expect(try await guest.orderCount() == 1)
            try await guest.command("POST", "/v1/deploy", .object(["service": "store", "file": "store.json", "text": .string(fix), "title": "Keep orders"]))
            try await guest.order()
            #expect(try await guest.orderCount() == 2)
            #expect(try await guest.command("GET", "/v1/source?service=store")["text"]?.text == fix)
            let event = try await guest.observe("/api/events?kind=deployment&service=store").json["data"]?["0"]
            #expect(event?["title"]?.text == "Keep orders")
            #expect(event?["attributes"]?["version"]?.text == "2.1")
            try await guest.command("POST", "/v1/reset")
            #expect(try await guest.command("GET", "/v1/source?service=store")["text"]?.text == source)
        }
    }

    @Test func `a deployed page is what visitors see`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let page = try #require(try await guest.command("GET", "/v1/source?view=home")["text"]?.text)
            try await guest.command("POST", "/v1/deploy", .object(["view": "home", "text": .string(page.replacing("things", with: "pieces"))]))
            #expect(try await guest.get("store", "/").text.contains("12 pieces"))
        }
    }

    static let mistakes: [(old: String, new: String, place: String, message: String)] = [
        (#""do": "db.insert""#, #""do": "db.inzert""#, "/routes/POST ~1orders/0", #"did you mean "db.insert"?"#),
        (#""table": "orders""#, #""table": "order""#, "/routes/POST ~1orders/0/table", #"did you mean "orders"?"#),
        (#"{ "id": "{keep}" }"#, #"{ "id": "{keeep}" }"#, "/routes/POST ~1orders/2", #"did you mean "keep"?"#),
        (#""routes""#, #""rutes""#, "/rutes", #"did you mean "routes"?"#),
    ]

    @Test(arguments: mistakes) func `a deployment with a mistake names its place and changes nothing`(old: String, new: String, place: String, message: String) throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let source = try #require(try await guest.command("GET", "/v1/source?service=store")["text"]?.text)
            let before = try await guest.fingerprint()
            let wrong = source.replacing(old, with: new)
            try #require(wrong != source)
            let line = try #require(wrong.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(new) }) + 1
            let answer = try await guest.control("POST", "/v1/deploy", .object(["service": "store", "file": "mine.json", "text": .string(wrong)]))
            let error = try answer.json["error"]?.text ?? ""
            #expect(answer.status == 422)
            #expect(error.contains("mine.json:\(line):"), "\(error)")
            #expect(error.contains(": \(place)"), "\(error)")
            #expect(error.contains(message), "\(error)")
            #expect(try await guest.fingerprint() == before)
            try await guest.order()
            #expect(try await guest.orderCount() == 2)
        }
    }

    @Test func `what is not JSON is refused with its place`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let answer = try await guest.control("POST", "/v1/deploy", .object(["service": "store", "file": "mine.json", "text": "{\n  \"routes\": }"]))
            #expect(answer.status == 422)
            #expect(try answer.json["error"]?.text.contains("mine.json:2:") == true)
        }
    }

    @Test func `a share of the requests goes to a deployment with a weight`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration { $0.seed = 1 }) { guest in
            let source = try #require(try await guest.command("GET", "/v1/source?service=store")["text"]?.text)
            let other = source.replacing(#"{ "count": "{count}" }"#, with: #"{ "count": "-1" }"#)
            try #require(other != source)
            try await guest.command("POST", "/v1/deploy", .object(["service": "store", "text": .string(other), "weight": 25, "version": "3.0"]))
            var changed = 0
            for _ in 0..<200 { if try await guest.orderCount() == -1 { changed += 1 } }
            // Far outside of what 200 draws at 25 % can give by chance (standard deviation 6.1).
            #expect((20...80).contains(changed))
            let versions = try await guest.command("GET", "/v1/status")["shops"]?["0"]?["services"]?["0"]?["versions"]?.elements
            #expect(versions?.map { $0["version"]?.text } == ["2.0", "3.0"])
            #expect(versions?.map { $0["weight"]?.integer } == [75, 25])
        }
    }

    @Test func `a saved file of the pack's folder is taken over, a mistake is not`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            try await guest.order()
            try folder.replace("\"count\": \"{count}\"", by: "\"count\": \"{count}\", \"mood\": \"good\"", in: "services/store.json")
            #expect(try await guest.eventually { try await guest.get("store", "/orders").json["mood"]?.text == "good" })
            #expect(try await guest.orderCount() == 2)
            try folder.replace("\"good\"", by: "\"bad\", \"x\": \"{nothing.at.all}\"", in: "services/store.json")
            try folder.replace("things", by: "pieces", in: "views/home.mustache")
            // One change after the other: the second shows that the first was looked at and refused.
            try folder.replace("\"bad\", \"x\": \"{nothing.at.all}\"", by: "\"fine\"", in: "services/store.json")
            let isTakenOver = try await guest.eventually {
                let mood = try await guest.get("store", "/orders").json["mood"]?.text
                if mood == "bad" { Issue.record("a pack with a mistake was taken over") }
                return mood == "fine"
            }
            #expect(isTakenOver)
            #expect(try await guest.eventually { try await guest.get("store", "/").text.contains("12 pieces") })
        }
    }
}
