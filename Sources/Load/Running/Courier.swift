import Base
import HTTP

/// Carries the requests of visitors: a real HTTP client, or a shop in the same process.
public protocol Courier: AnyObject {
    /// Sends a request; redirects are answers.
    ///
    /// - Parameter deliver: Called once on the loop, after this method has returned.
    func carry(_ request: ClientRequest, keeping: ClientRequest.Kept, _ deliver: @escaping (Result<ClientAnswer, ClientError>) -> Void)
}

extension Client: Courier {
    public func carry(_ request: ClientRequest, keeping: ClientRequest.Kept, _ deliver: @escaping (Result<ClientAnswer, ClientError>) -> Void) {
        start(request, keeping: keeping, deliver)
    }
}
