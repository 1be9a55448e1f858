import Base

extension DeploymentController {
    /// Takes over a changed specification or other versions. A new version replaces the pods of the old ones without a gap, as a rolling
    /// update does.
    public mutating func update(_ spec: DeploymentSpec, versions: [ReplicaSet.Version], at now: Timestamp) {
        advance(to: now)
        let wanted = spec.replicas != self.spec.replicas ? spec.replicas : replicas
        if spec.autoscaler != self.spec.autoscaler { scaling = spec.autoscaler.map { _ in HorizontalPodAutoscaler.Course(at: now) } }
        self.spec = spec
        self.versions = versions
        let old = replicaSets
        var fresh: Set<Int> = []
        replicaSets = versions.enumerated().map { position, version in
            guard var known = old.first(where: { $0.version == version.name }) else {
                let made = makeReplicaSet(version, at: position)
                fresh.insert(made.number)
                return made
            }
            (known.weight, known.position) = (version.weight, position)
            return known
        }
        replicas = spec.autoscaler?.clamp(wanted) ?? wanted
        setShares()
        reconcile(before: old, fresh: fresh, at: now)
    }

    /// Wants another number of pods.
    public mutating func scale(to wanted: Int, at now: Timestamp) {
        guard wanted != replicas else { return }
        let before = replicaSets
        replicas = wanted
        setShares()
        reconcile(before: before, fresh: [], at: now)
    }

    /// Deletes a pod; another takes its place.
    public mutating func delete(_ name: String, at now: Timestamp) {
        guard let index = pods.firstIndex(where: { $0.name == name && !$0.isTerminating }) else { return }
        terminate(index, at: now)
        reconcile(before: replicaSets, fresh: [], at: now)
    }

    /// Makes and deletes pods until each replica set has those that it wants.
    private mutating func reconcile(before: [ReplicaSet], fresh: Set<Int>, at now: Timestamp) {
        for set in replicaSets {
            let earlier = before.first { $0.number == set.number }?.replicas ?? 0
            if set.replicas > earlier { tellScaled("up", set.name, to: set.replicas, from: earlier, at: now) }
            while pods.count(where: { $0.replicaSet == set.number && !$0.isTerminating }) < set.replicas {
                add(to: set, isReady: fresh.contains(set.number), at: now)
            }
        }
        for old in before {
            let left = replicaSets.first { $0.number == old.number }?.replicas ?? 0
            if left < old.replicas { tellScaled("down", old.name, to: left, from: old.replicas, at: now) }
            while pods.count(where: { $0.replicaSet == old.number && !$0.isTerminating }) > left { terminate(victim(in: old.number), at: now) }
        }
    }

    private mutating func add(to set: ReplicaSet, isReady: Bool, at now: Timestamp) {
        var pod = makePod(of: set, at: now)
        tell(.normal, "SuccessfulCreate", "replicaset", set.name, "Created pod: \(pod.name)", at: now)
        if isReady { pod.beReady(spec, at: now) } else { pod.phaseEnd = now + Pod.schedulingTime }
        pods.append(pod)
    }

    /// Those that are not ready go first, then the youngest.
    private func victim(in set: Int) -> Int {
        let candidates = pods.indices.filter { pods[$0].replicaSet == set && !pods[$0].isTerminating }
        return candidates.last { !pods[$0].isReady } ?? candidates.last!
    }

    private mutating func terminate(_ index: Int, at now: Timestamp) {
        let pod = pods[index]
        if pod.isRunning || pod.phase == .starting { tell(.normal, "Killing", "pod", pod.name, "Stopping container \(name)", at: now) }
        if !pod.isRunning { pods[index].empty() }
        pods[index].phase = .terminating
        pods[index].isReady = false
        pods[index].phaseEnd = nil
        pods[index].deletedAt = now
        (pods[index].nextRestart, pods[index].nextBackOffEvent) = (nil, nil)
        (pods[index].readiness, pods[index].liveness) = (nil, nil)
    }

    private mutating func tellScaled(_ direction: String, _ set: String, to: Int, from: Int, at now: Timestamp) {
        tell(.normal, "ScalingReplicaSet", "deployment", name, "Scaled \(direction) replica set \(set) to \(to) from \(from)", at: now)
    }

    // MARK: By itself

    mutating func followSchedule(at now: Timestamp) {
        guard !spec.schedule.isEmpty else { return }
        let due = spec.schedule.filter { $0.next(after: scheduledUntil) <= now }.max { $0.next(after: scheduledUntil) < $1.next(after: scheduledUntil) }
        scheduledUntil = now
        if let due { scale(to: due.replicas, at: now) }
    }

    mutating func autoscale(at now: Timestamp) {
        guard let scaler = spec.autoscaler, let course = scaling, now >= course.next else { return }
        scaling?.next = now + HorizontalPodAutoscaler.period
        let scalerName = scaler.name ?? name
        let measured = pods.filter { $0.isRunning && $0.isReady }
        let asked = scaler.metric == .cpu ? spec.requests.millicores : spec.requests.mebibytes
        guard !measured.isEmpty, let asked, asked > 0 else {
            scaling?.utilization = nil
            guard replicas > 0 else { return }
            let reason = asked == nil ? "missing request for \(scaler.metric.rawValue)" : "no metrics returned from resource metrics API"
            tell(
                .warning, "FailedGetResourceMetric", "horizontalpodautoscaler", scalerName,
                "failed to get \(scaler.metric.rawValue) utilization: unable to get metrics for resource \(scaler.metric.rawValue): \(reason)", at: now)
            tell(
                .warning, "FailedComputeMetricsReplicas", "horizontalpodautoscaler", scalerName,
                "invalid metrics (1 invalid out of 1), first error is: failed to get \(scaler.metric.rawValue) resource metric value", at: now)
            return
        }
        let used = measured.reduce(0) { $0 + (scaler.metric == .cpu ? $1.millicores : $1.mebibytes) }
        guard let wanted = scaling?.decide(used / Double(measured.count) / asked * 100, replicas: replicas, scaler, at: now), wanted != replicas else { return }
        let direction = wanted > replicas ? "\(scaler.metric.rawValue) resource utilization (percentage of request) above target" : "All metrics below target"
        tell(.normal, "SuccessfulRescale", "horizontalpodautoscaler", scalerName, "New size: \(wanted); reason: \(direction)", at: now)
        scale(to: wanted, at: now)
    }
}
