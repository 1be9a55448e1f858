import Base
import Database
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

// Bytes of statements and rows as databases write them, more or less.

extension Statement {
    func messageSize(_ arguments: [Value]) -> Int { traceText.utf8.count + arguments.reduce(5) { $0 + $1.messageSize } }
}

extension QueryResult {
    var messageSize: Int { rows.reduce(7) { $0 + $1.values.reduce(4) { $0 + $1.messageSize } } }
}

extension Value {
    fileprivate var messageSize: Int {
        switch self {
        case .string(let text): text.utf8.count + 1
        case .bytes(let bytes): bytes.count + 1
        default: 9
        }
    }
}
