import Base
import Cluster

/// The pods of a running service, with the requests inside and those that wait. Belongs to the shop's loop.
final class ServicePods {
    /// A request's place in a pod.
    final class Place {
        let pods: ServicePods
        let pod: String
        let incarnation: Int
        let deployment: Deployment
        /// When it got its slot.
        var begin: Timestamp

        init(pods: ServicePods, pod: String, incarnation: Int, deployment: Deployment, begin: Timestamp) {
            self.pods = pods
            self.pod = pod
            self.incarnation = incarnation
            self.deployment = deployment
            self.begin = begin
        }

        /// False when the container has ended meanwhile: whoever asked gets no answer.
        var isAlive: Bool { pods.controller.isAlive(pod, incarnation: incarnation) }

        /// Something has gone over the pod's network.
        func transfer(received: Int, sent: Int) { pods.controller.transfer(pod, incarnation: incarnation, received: received, sent: sent) }
    }

    enum Entry {
        case place(Place)
        /// The connection breaks.
        case broken
        case refused
        /// No slot came free in time.
        case late
    }

    /// A request that waits for a slot, or for a pod.
    private final class Ticket {
        var place: Place?
        var timer: EventLoop.TimerID?
        private var continuation: CheckedContinuation<Void, Never>?
        private(set) var entry: Entry?

        func wait(_ continuation: CheckedContinuation<Void, Never>) {
            if entry == nil { self.continuation = continuation } else { continuation.resume() }
        }

        /// The first decision counts.
        func decide(_ entry: Entry) {
            guard self.entry == nil else { return }
            self.entry = entry
            continuation.take()?.resume()
        }
    }

    private(set) var controller: DeploymentController
    private unowned let service: ServiceRuntime
    private let loop: EventLoop
    /// Called after everything that may have changed something.
    var onChange: () -> Void = {}
    /// Requests that wait for a slot, by pod.
    private var queues: [String: Deque<Ticket>] = [:]
    /// Connections that wait for a pod.
    private var connecting = Deque<Ticket>()
    private var timer: EventLoop.TimerID?
    private var wakeAt: Timestamp?
    private var isClosed = false
    private var isPaused = false
    private var random: SeededRandom

    init(_ controller: DeploymentController, of service: ServiceRuntime, in world: World) {
        self.controller = controller
        self.service = service
        loop = world.loop
        random = SeededRandom(seed: world.seed ^ Fingerprint(service.name.utf8).value)
    }

    // MARK: Requests

    /// Waits until a pod works on the request.
    ///
    /// - Parameter deadline: When the request gives up; nil waits for as long as it takes.
    func enter(until deadline: Timestamp? = nil) async -> Entry {
        wakeUp()
        let ticket = Ticket()
        admit(ticket)
        if ticket.entry == nil {
            let timer = deadline.map { deadline in loop.schedule(after: deadline - loop.now) { [weak self] in self?.giveUp(ticket) } }
            await withCheckedContinuation { ticket.wait($0) }
            if let timer { loop.cancel(timer) }
        }
        return ticket.entry ?? .broken
    }

    private func giveUp(_ ticket: Ticket) {
        guard ticket.entry == nil else { return }
        // It stays in its queue, where nobody waits for its turn any more.
        if let place = ticket.place { controller.giveUp(place.pod, incarnation: place.incarnation) }
        ticket.decide(.late)
    }

    /// Notes a request that no pod makes wait.
    func pass(received: Int, sent: Int) {
        wakeUp()
        guard case .pod(let pod, let incarnation, _, _) = controller.admit(at: loop.now) else { return }
        _ = controller.leave(pod, incarnation: incarnation)
        controller.transfer(pod, incarnation: incarnation, received: received, sent: sent)
    }

    private func admit(_ ticket: Ticket) {
        switch controller.admit(at: loop.now) {
        case .pod(let name, let incarnation, let version, let hasSlot):
            if let timer = ticket.timer { loop.cancel(timer) }
            let deployments = service.deployments
            let place = Place(pods: self, pod: name, incarnation: incarnation, deployment: deployments[min(version, deployments.count - 1)], begin: loop.now)
            if hasSlot { return ticket.decide(.place(place)) }
            ticket.place = place
            queues[name, default: Deque()].append(ticket)
        case .broken: ticket.decide(.broken)
        case .refused: ticket.decide(.refused)
        case .hanging(let time):
            // A connection that has waited before has its time already.
            if ticket.timer == nil { ticket.timer = loop.schedule(after: time) { ticket.decide(.broken) } }
            connecting.append(ticket)
        }
    }

    /// The request has been answered.
    ///
    /// - Returns: False when nobody gets the answer any more.
    func leave(_ place: Place) -> Bool {
        guard place.isAlive else { return false }
        if controller.leave(place.pod, incarnation: place.incarnation) { next(in: place.pod) }
        return true
    }

    /// Gives a slot to the one who waits longest, a processor to any.
    private func next(in pod: String) {
        let isLottery = controller.spec.sharesProcessor
        while let count = queues[pod]?.count, count > 0, let ticket = queues[pod]?.swapOut(isLottery ? Int.random(in: 0..<count, using: &random) : 0) {
            guard ticket.entry == nil, let place = ticket.place else { continue }
            place.begin = loop.now
            return ticket.decide(.place(place))
        }
    }

    /// How long a request that began its work at a time keeps its slot.
    func rest(of place: Place) -> Duration { controller.spec.effectiveHold - (loop.now - place.begin) }

    // MARK: Changing

    func update(_ spec: DeploymentSpec, versions: [ReplicaSet.Version]) {
        change { $0.update(spec, versions: versions, at: loop.now) }
    }

    func delete(_ pod: String) { change { $0.delete(pod, at: loop.now) } }

    /// Ends everything: whoever is inside or waits is lost.
    func close() {
        isClosed = true
        if let timer { loop.cancel(timer) }
        for name in queues.keys.sorted() { drain(name) }
        while let ticket = connecting.popFirst() { ticket.decide(.broken) }
    }

    // MARK: Time

    /// Stops time, and breaks the connections that wait for it. Requests in a pod go on.
    func pause() {
        isPaused = true
        wake(at: nil)
        while let ticket = connecting.popFirst() { ticket.decide(.broken) }
    }

    func resume() {
        isPaused = false
        wake(at: controller.nextMoment(after: loop.now))
    }

    /// Lets time pass from now on, if nothing was going on.
    private func wakeUp() {
        guard !isClosed, !isPaused, wakeAt.map({ $0 - loop.now > Self.tick }) ?? true else { return }
        change { $0.advance(to: loop.now) }
        if wakeAt.map({ $0 - loop.now > Self.tick }) ?? true { wake(at: loop.now + Self.tick) }
    }

    private static let tick = Duration.seconds(1)

    private func wake(at time: Timestamp?) {
        if let timer { loop.cancel(timer) }
        wakeAt = isPaused ? nil : time
        timer = wakeAt.map { time in
            loop.schedule(after: time - loop.now) { [weak self] in self?.change { $0.advance(to: time) } }
        }
    }

    private func change(_ body: (inout DeploymentController) -> Void) {
        guard !isClosed else { return }
        body(&controller)
        for loss in controller.takeLost() { lose(loss) }
        letConnectionsIn()
        onChange()
        wake(at: controller.nextMoment(after: loop.now))
    }

    private(set) var ends = 0

    private func lose(_ loss: DeploymentController.Loss) {
        if loss.isEnd { ends += 1 }
        drain(loss.pod)
    }

    private func drain(_ pod: String) {
        guard var queue = queues.removeValue(forKey: pod) else { return }
        while let ticket = queue.popFirst() { ticket.decide(.broken) }
    }

    private func letConnectionsIn() {
        guard !connecting.isEmpty, controller.takesRequests else { return }
        var waiting = connecting
        connecting = Deque()
        while let ticket = waiting.popFirst() {
            if ticket.entry == nil { admit(ticket) }
        }
    }

    /// What has happened since the last call, for telemetry.
    func takeNews() -> (events: [ClusterEvent], ends: Int) {
        defer { ends = 0 }
        return (controller.takeNews(), ends)
    }
}
