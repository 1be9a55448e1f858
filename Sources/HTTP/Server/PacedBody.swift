import Base

/// Decides what a paced body does next; whoever owns the connection does it.
struct PacedReader {
    enum Step: Equatable {
        /// Nothing to send for this long; ask again after `elapse()`.
        case wait(Duration)
        case send(ArraySlice<UInt8>)
        case end
    }

    private let pieces: [Response.Piece]
    private var index = 0
    private var offset = 0
    private var hasWaited = false

    init(_ pieces: [Response.Piece]) { self.pieces = pieces }

    /// The current piece's delay is over.
    mutating func elapse() { hasWaited = true }

    /// - Parameter limitBytes: Most bytes that can be sent now; at least 1.
    mutating func next(limitBytes: Int) -> Step {
        while index < pieces.count {
            let piece = pieces[index]
            if !hasWaited && piece.delay > .zero { return .wait(piece.delay) }
            let end = min(piece.bytes.count, offset + limitBytes)
            let part = piece.bytes[offset..<end]
            offset = end
            if end == piece.bytes.count { advance() } else { hasWaited = true }
            // An empty piece is only its delay: an empty chunk would end the body.
            if !part.isEmpty { return .send(part) }
        }
        return .end
    }

    private mutating func advance() {
        index += 1
        offset = 0
        hasWaited = false
    }
}

/// A paced body under way on one connection.
final class PacedBody {
    var reader: PacedReader
    let exchange: Exchange
    unowned let server: Server
    private var timer: EventLoop.TimerID?

    init(_ pieces: [Response.Piece], exchange: Exchange, server: Server) {
        reader = PacedReader(pieces)
        self.exchange = exchange
        self.server = server
    }

    /// Continues after `delay`; the connection is suspended meanwhile.
    func pause(for delay: Duration) {
        exchange.state = .pausing(self)
        timer = server.loop.schedule(after: delay) { [self] in
            reader.elapse()
            exchange.state = .sending
            server.resume(exchange)
        }
    }

    func cancel() {
        if let timer { server.loop.cancel(timer) }
        timer = nil
    }
}
