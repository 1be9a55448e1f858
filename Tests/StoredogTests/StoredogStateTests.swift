import Testing

@Suite struct StoredogStateTests {
    @Test(arguments: ["broken", "fixed", "attack", "react", "broken-no-instrumentation", "broken-no-apm-instrumentation", "ads-canary-v2", "latest"])
    func `the workshop's names for states are known`(name: String) throws {
        #expect(Storedog.prepared.pack.state(named: name) != nil)
    }
}
