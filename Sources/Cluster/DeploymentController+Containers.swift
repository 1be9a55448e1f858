import Base

extension DeploymentController {
    /// Ends a pod's container; it is started again after the back-off.
    mutating func kill(_ index: Int, _ reason: String, exitCode: Int, at now: Timestamp) {
        let delay = pods[index].endContainer(reason, exitCode: exitCode, spec, at: now)
        lost.append(Loss(pod: pods[index].name, isEnd: true))
        pods[index].nextRestart = now + delay
        pods[index].nextBackOffEvent = now
        // The kubelet writes no such event; guides and dashboards show it as one.
        if reason == "OOMKilled" { tell(.warning, reason, "pod", pods[index].name, "Container \(name) was OOMKilled", at: now) }
    }

    /// Ends and begins phases that are over.
    mutating func moveOn(_ index: Int, at now: Timestamp) {
        if let due = pods[index].nextBackOffEvent, now >= due { tellBackOff(index, at: now) }
        if let due = pods[index].nextRestart, now >= due { return restart(index, at: now) }
        guard let end = pods[index].phaseEnd, now >= end else { return }
        let pod = pods[index]
        switch pod.phase {
        case .pending:
            tell(.normal, "Scheduled", "pod", pod.name, "Successfully assigned \(place.namespace)/\(pod.name) to \(place.node)", at: now)
            pods[index].phase = .creating
            pods[index].phaseEnd = now + Pod.creationTime
        case .creating: startContainer(index, at: now)
        case .starting: pods[index].answerNow(spec)
        case .ended:
            pods[index].phase = .backOff
            pods[index].phaseEnd = nil
        case .running, .backOff, .terminating: break
        }
    }

    private mutating func restart(_ index: Int, at now: Timestamp) {
        pods[index].nextRestart = nil
        pods[index].nextBackOffEvent = nil
        pods[index].restarts += 1
        startContainer(index, at: now)
    }

    private mutating func startContainer(_ index: Int, at now: Timestamp) {
        let pod = pods[index].name
        let image = spec.image.map { "\"\($0)\" " } ?? ""
        tell(.normal, "Pulled", "pod", pod, "Container image \(image)already present on machine", at: now)
        tell(.normal, "Created", "pod", pod, "Created container \(name)", at: now)
        tell(.normal, "Started", "pod", pod, "Started container \(name)", at: now)
        pods[index].startContainer(spec, at: now)
    }

    private mutating func tellBackOff(_ index: Int, at now: Timestamp) {
        let pod = pods[index]
        tell(
            .warning, "BackOff", "pod", pod.name, "Back-off restarting failed container \(name) in pod \(pod.name)_\(place.namespace)(\(pod.uid))", at: now)
        pods[index].nextBackOffEvent = now + Self.backOffRepeat
    }

    /// How often the kubelet looks at a pod that waits.
    private static let backOffRepeat = Duration.seconds(9)

    // MARK: Probes

    /// Asks a container what its probes ask when it is time.
    mutating func ask(_ index: Int, at now: Timestamp) {
        if let probe = spec.readinessProbe, let course = pods[index].readiness, now >= course.next {
            let verdict = ask(index, "Readiness", probe, \.readiness, at: now)
            if verdict == .passing { pods[index].isReady = pods[index].isRunning }
            if verdict == .failing { pods[index].isReady = false }
        }
        if let probe = spec.livenessProbe, let course = pods[index].liveness, now >= course.next {
            guard ask(index, "Liveness", probe, \.liveness, at: now) == .failing else { return }
            tell(.normal, "Killing", "pod", pods[index].name, "Container \(name) failed liveness probe, will be restarted", at: now)
            kill(index, "Error", exitCode: 143, at: now)
        }
    }

    private mutating func ask(
        _ index: Int, _ kind: String, _ probe: Probe, _ course: WritableKeyPath<Pod, Probe.Course?>, at now: Timestamp
    ) -> Probe.Course.Verdict {
        let pod = pods[index]
        let isSlow = pod.expectedWait(spec) > probe.timeout
        let url = "http://\(pod.address):\(probe.port)\(probe.path)"
        if !pod.isRunning {
            tell(.warning, "Unhealthy", "pod", pod.name, "\(kind) probe failed: Get \"\(url)\": dial tcp \(pod.address):\(probe.port): connect: connection refused", at: now)
        } else if isSlow {
            tell(
                .warning, "Unhealthy", "pod", pod.name,
                "\(kind) probe failed: Get \"\(url)\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", at: now)
        }
        return pods[index][keyPath: course]?.take(pod.isRunning && !isSlow, probe) ?? .undecided
    }
}
