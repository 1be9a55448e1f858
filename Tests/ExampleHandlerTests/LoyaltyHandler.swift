import Base
import Storefront

/// A handler as somebody outside of this package would write it: one operation, public API only.
struct LoyaltyHandler: Handler {
    let name = "loyalty"
    let summary = "Points for regular customers."

    var operations: [OperationDeclaration] {
        [
            OperationDeclaration(
                "loyalty.points", "Computes the points for a purchase.",
                options: [
                    OptionDeclaration("cents", .expression, "what was paid, in cents", required: true),
                    OptionDeclaration("centsPerPoint", .integer(1...10_000), "price of one point", default: 100),
                ], result: "`points` and `message`"
            ) { options in
                LoyaltyPoints(cents: options.requiredExpression("cents"), centsPerPoint: options.integer("centsPerPoint") ?? 100)
            }
        ]
    }
}

final class LoyaltyPoints: Operation {
    private let cents: Expression
    private let centsPerPoint: Int

    init(cents: Expression, centsPerPoint: Int) {
        self.cents = cents
        self.centsPerPoint = centsPerPoint
    }

    func run(_ exchange: Exchange) async throws -> Value {
        guard let paid = try cents.evaluate(exchange).integer, paid >= 0 else { throw Failure(.badRequest, "points need a price", status: 400) }
        let points = paid / centsPerPoint
        return .object(["points": .int(points), "message": .string("\(points) points for you")])
    }
}
