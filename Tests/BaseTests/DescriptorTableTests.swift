import Base
import Foundation
import Testing

@Suite struct DescriptorTableTests {
    @Test func `the table has room before descriptors are opened`() throws {
        DescriptorTable.prepare(for: 8_192)
        var limits = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        #expect(limits.rlim_cur == limits.rlim_max)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("FDSize:") })
        let size = try #require(Int(line.dropFirst("FDSize:".count).filter(\.isNumber)))
        #expect(size >= min(8_192, Int(clamping: limits.rlim_max)))
    }
}
