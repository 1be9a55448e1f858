import HTTP

// Bytes of messages as HTTP/1.1 writes them, without what a listener adds.

extension Request {
    var messageSize: Int { method.utf8.count + target.utf8.count + 12 + headers.messageSize + body.count }
}

extension Response {
    /// The status line is counted without its phrase.
    var messageSize: Int { 15 + headers.messageSize + bodySize }
}

extension Headers {
    fileprivate var messageSize: Int { fields.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } }
}
