import Base
import Testing

@testable import Synthetics

@Suite struct SearchQueryTests {
    static func entry() throws -> CheckEntry {
        try CheckFile.read(
            definition(name: "Home page opens", more: #","tags":["page","env:prod","two words"],"public_id":"abc-def-ghi","status":"paused""#).utf8,
            file: "f")[0]
    }

    @Test(arguments: [
        ("tag:page", true), ("tag:PAGE", true), ("tag:pag", false), ("tag:pag*", true), ("tag:env:prod", true), ("tag:env:*", true), ("tag:env:dev", false),
        (#"tag:"two words""#, true), ("home", true), ("Home opens", true), ("home closed", false), ("page", true), ("-tag:page", false), ("-tag:api home", true),
        ("tag:api OR tag:page", true), ("tag:api OR tag:cart", false), ("tag:page AND opens", true), ("type:api", true), ("type:browser", false),
        ("subtype:http", true), ("subtype:multi", false), ("name:home", true), ("name:\"page opens\"", true), ("abc-def-ghi", true), ("id:abc-def-ghi", true),
        ("id:abc-def-gh2", false), ("status:paused", true), ("status:live", false), ("unknown:x", false), ("", true), ("tag:*.*", false),
    ])
    func `a search fits or not`(query: String, fits: Bool) throws {
        #expect(SearchQuery(query).matches(try Self.entry()) == fits)
    }
}
