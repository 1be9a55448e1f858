import Base

extension ClientResponse.Timings {
    /// Cuts points in time, each measured from the start, into phases.
    init(_ times: ClientAnswer.Times) {
        self.init(
            dns: times.nameFound, connected: times.connected, secured: times.secured, firstByte: times.firstByte, total: times.end)
    }

    /// All points in microseconds from the start; a point of 0 was never passed, as for TLS on a plain connection.
    init(dns: Int64, connected: Int64, secured: Int64, firstByte: Int64, total: Int64) {
        self.init()
        var last: Int64 = 0
        func phase(until point: Int64) -> Duration {
            // Points out of order, as reused connections give them, must not make a phase negative or the sum wrong.
            let end = Swift.min(Swift.max(last, point), total)
            defer { last = end }
            return .microseconds(end - last)
        }
        self.dns = phase(until: dns)
        self.connect = phase(until: connected)
        self.tls = phase(until: secured)
        self.firstByte = phase(until: firstByte)
        self.download = phase(until: total)
        self.total = .microseconds(total)
    }
}
