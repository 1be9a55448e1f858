import Base
import HTTP

/// A visitor of a run and what he is waiting for.
final class RunMember {
    enum Activity {
        /// Something is about to happen in this turn of the loop.
        case busy
        case waiting(EventLoop.TimerID)
        case sending
        /// In an open model: free for the next arrival.
        case free
        case gone
    }

    var visitor: Visitor
    var activity = Activity.busy
    /// False until he has done what his kind does on start.
    var hasStarted = false
    var isLeaving = false
    var iterations = 0
    /// When the task under way began.
    var taskStart = Timestamp(nanoseconds: 0)
    /// Before it the next task does not begin.
    var nextStart: Timestamp?
    /// Requests of the task under way.
    var requests = 0
    /// Place among the run's members.
    var place = 0
    /// Made once, because a closure for every request would cost.
    var deliver: ((Result<ClientAnswer, ClientError>) -> Void)!

    init(_ visitor: Visitor) { self.visitor = visitor }
}
