/// What came back from one request, in the form that costs least; see `Client.start`.
public struct ClientAnswer: Sendable {
    public var status: Int
    public var head: ResponseHead
    /// Empty when the body was only counted.
    public var body: [UInt8]
    /// Bytes of the body that came, kept or not.
    public var bodyBytes: Int
    /// What `Content-Length` says; nil without one.
    public var announcedBytes: Int?
    /// Where a redirect points, as an absolute URL.
    public var redirect: String?
    public var times: Times

    public init(
        status: Int, head: ResponseHead = ResponseHead(), body: [UInt8] = [], bodyBytes: Int? = nil, announcedBytes: Int? = nil,
        redirect: String? = nil, times: Times = Times()
    ) {
        self.status = status
        self.head = head
        self.body = body
        self.bodyBytes = bodyBytes ?? body.count
        self.announcedBytes = announcedBytes
        self.redirect = redirect
        self.times = times
    }

    /// Points of one exchange in microseconds from its start; 0 was never passed, as for TLS on a plain connection.
    public struct Times: Sendable, Equatable {
        public var nameFound: Int64 = 0
        public var connected: Int64 = 0
        public var secured: Int64 = 0
        /// The connection is there and the request about to be sent.
        public var ready: Int64 = 0
        /// The last byte of the request is sent; 0 with a libcurl before 8.10, which does not tell.
        public var sent: Int64 = 0
        public var firstByte: Int64 = 0
        public var end: Int64 = 0
        /// No connection had to be opened.
        public var isReused = false

        public init() {}
    }
}
