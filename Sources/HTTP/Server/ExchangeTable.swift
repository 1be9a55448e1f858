/// The exchanges in flight; constant time to add and remove, no hashing on the hot path.
struct ExchangeTable {
    private(set) var all: [Exchange] = []

    var isEmpty: Bool { all.isEmpty }

    mutating func add(_ exchange: Exchange) {
        exchange.slot = all.count
        all.append(exchange)
    }

    mutating func remove(_ exchange: Exchange) {
        let last = all.removeLast()
        if last !== exchange {
            all[exchange.slot] = last
            last.slot = exchange.slot
        }
    }
}
