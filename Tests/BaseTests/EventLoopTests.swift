import Testing

@testable import Base

@Suite struct EventLoopTests {
    @Test func `virtual sleeps jump the clock and keep their order`() throws {
        let start = Timestamp(nanoseconds: 1_000_000_000)
        let loop = try EventLoop(virtualFrom: start)
        let order = try loop.run { () async throws -> [Int] in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, seconds) in [3_600, 60, 7_200].enumerated() {
                    group.addTask {
                        try await loop.sleep(for: .seconds(seconds))
                        return index
                    }
                }
                var order: [Int] = []
                for try await index in group { order.append(index) }
                return order
            }
        }
        #expect(order == [1, 0, 2])
        #expect(loop.now == start + .seconds(7_200))
    }

    @Test func `pauses end in the order of their times, then of their beginnings`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let order = try loop.run { () async throws -> [Int] in
            let ended = Ended()
            var random = SeededRandom(seed: 5)
            let lengths = (0..<2_000).map { _ in Int64.random(in: 1..<50, using: &random) }
            for (index, length) in lengths.enumerated() {
                Task(executorPreference: loop) {
                    await loop.pause(for: .nanoseconds(length))
                    ended.indices.append(index)
                }
                await loop.hop()
            }
            try await loop.sleep(for: .seconds(1))
            #expect(loop.now == Timestamp(nanoseconds: 1_000_000_000))
            return ended.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) } == ended.indices ? [] : ended.indices
        }
        #expect(order == [])
    }

    /// What has ended, in order.
    // @unchecked Sendable: touched only on the loop.
    private final class Ended: @unchecked Sendable { var indices: [Int] = [] }

    @Test func `cancelling ends a sleep at once`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        try loop.run {
            let sleeper = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(100)) }
            try await loop.sleep(for: .seconds(1))
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
        #expect(loop.now == Timestamp(nanoseconds: 1_000_000_000))
    }

    @Test func `an actor with this executor runs on the loop's thread`() throws {
        actor Resident {
            let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
            init(loop: EventLoop) { self.loop = loop }
            func isAtHome() async -> Bool {
                try? await loop.sleep(for: .milliseconds(1))
                return loop.isOnLoop
            }
        }
        let loop = try EventLoop()
        let resident = Resident(loop: loop)
        #expect(try loop.run { await resident.isAtHome() })
    }

    @Test func `work from a worker thread wakes a waiting loop`() throws {
        let loop = try EventLoop()
        let sum = try loop.run { try await WorkerPool.shared.run { (1...100).reduce(0, +) } }
        #expect(sum == 5_050)
    }

    @Test func `a turn ends after a millisecond although jobs never run out`() throws {
        let loop = try EventLoop()
        let (took, rounds) = try loop.run {
            let start = loop.now
            var end: Timestamp?
            loop.atEndOfTurn { end = loop.now }
            var rounds = 0
            // Each lets the other go first, so that there is always one of them ready.
            async let other: Void = { for _ in 0..<200_000 { await loop.hop() } }()
            while end == nil, rounds < 100_000 {
                await loop.hop()
                rounds += 1
            }
            await other
            return (end.map { $0 - start }, rounds)
        }
        #expect(rounds < 100_000)
        #expect(try #require(took) >= .milliseconds(1))
    }

    @Test func `giving way begins another turn`() throws {
        let loop = try EventLoop()
        let (before, after) = try loop.run {
            let before = loop.turnNumber
            await loop.hop()
            return (before, loop.turnNumber)
        }
        #expect(after > before)
    }

    @Test func `a precise loop wakes between two milliseconds, and never too early`() throws {
        let loop = try EventLoop(isPrecise: true)
        let waited = try loop.run {
            var waited: [Duration] = []
            for _ in 0..<100 {
                let start = loop.now
                try await loop.sleep(for: .microseconds(200))
                waited.append(loop.now - start)
            }
            return waited
        }
        #expect(waited.allSatisfy { $0 >= .microseconds(200) })
        // Rounded up to milliseconds not one of them could be shorter than that.
        #expect(waited.min()! < .microseconds(900))
    }
}
