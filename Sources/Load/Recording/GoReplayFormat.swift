import Base
import HTTP

/// GoReplay's file format: records of a meta line, a raw HTTP message and a separator (buger/goreplay protocol.go).
///
/// Meta line: payload type, identifier, Unix time in nanoseconds and, since 2.0 for all and before for responses only, a latency in
/// nanoseconds; separated by spaces and ended by LF.
enum GoReplayFormat {
    /// LF, three monkeys (U+1F435 U+1F648 U+1F649), LF.
    static let separator = [UInt8]("\n🐵🙈🙉\n".utf8)

    enum PayloadType: UInt8 {
        case request = 0x31, response = 0x32, replayedResponse = 0x33
    }

    struct Meta: Equatable {
        var type: PayloadType
        var id: String
        var time: Timestamp
        var latency: Duration?
    }

    static let metaLimitBytes = 1_024

    /// - Parameter line: Without its LF.
    /// - Returns: Nil when it is no meta line.
    static func meta(_ line: ArraySlice<UInt8>) -> Meta? {
        guard line.count <= metaLimitBytes else { return nil }
        let fields = line.split(separator: 32)
        guard fields.count >= 3, fields[0].count == 1, let type = PayloadType(rawValue: fields[0].first!),
            let id = String(validating: fields[1], as: UTF8.self), id.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let time = integer(fields[2]), time >= 0
        else { return nil }
        let latency = fields.count > 3 ? integer(fields[3]) : nil
        // -1 marks made-up requests.
        return Meta(type: type, id: id, time: Timestamp(nanoseconds: time), latency: latency.flatMap { $0 < 0 ? nil : .nanoseconds($0) })
    }

    private static func integer(_ digits: ArraySlice<UInt8>) -> Int64? { Int64(String(decoding: digits, as: UTF8.self)) }

    /// Source and destination port and the client's address: the first 16 of the 24 digits that identify a request since version 1.3
    /// (buger/goreplay internal/tcp/tcp_message.go). Older identifiers, of 40 digits, say nothing about the connection.
    static func connection(ofID id: String) -> String? { id.utf8.count == 24 ? String(id.prefix(16)) : nil }
}
