import Testing

@testable import Base

@Suite struct WorldTests {
    @Test func `a UUID is one of version 4, the next one is another, and the same seed gives the same`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let (world, twin) = (World(loop: loop, seed: 7), World(loop: loop, seed: 7))
        let ids = (0..<100).map { _ in world.uuid() }
        for id in ids {
            let parts = id.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].first == "4" && "89ab".contains(parts[3].first!))
            #expect(id.allSatisfy { $0 == "-" || $0.isHexDigit && !$0.isUppercase })
        }
        #expect(Set(ids).count == 100)
        #expect(twin.uuid() == ids[0])
    }

    @Test func `a name has one UUID in a world, and others elsewhere`() {
        let first = World.uuid(named: "shop 1.0", seed: 7)
        #expect(World.uuid(named: "shop 1.0", seed: 7) == first)
        #expect(Set([first, World.uuid(named: "shop 1.1", seed: 7), World.uuid(named: "shop 1.0", seed: 8)]).count == 3)
    }
}
