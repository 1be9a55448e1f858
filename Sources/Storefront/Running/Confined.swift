/// Something of a shop on its way through code of which the compiler does not know that it runs on the shop's loop.
// @unchecked Sendable: only code on that loop makes one or opens it.
struct Confined<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
