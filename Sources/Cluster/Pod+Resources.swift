import Base

extension Pod {
    /// Lets memory follow what requests need.
    ///
    /// - Returns: True when the container needs more than it may have.
    mutating func breathe(for time: Duration, _ spec: DeploymentSpec) -> Bool {
        guard phase == .running || phase == .starting else { return false }
        let usage = spec.usage
        let needed = usage.idleMebibytes + leaked + usage.mebibytesPerRequest * Double(busy + waiting)
        let seconds = Double(time.nanoseconds) / 1e9
        if mebibytes < needed {
            let growth = recentEnds > 0 ? usage.regrowthMebibytesPerSecond ?? usage.growthMebibytesPerSecond : usage.growthMebibytesPerSecond
            mebibytes = growth.isFinite ? min(needed, mebibytes + growth * seconds) : needed
        } else {
            mebibytes = max(needed, mebibytes - usage.releaseMebibytesPerSecond * seconds)
        }
        return spec.limits.mebibytes.map { mebibytes >= $0 } ?? false
    }

    /// Works out processor time and network of the stretch since the last sample, once it is long enough to tell.
    mutating func sample(_ spec: DeploymentSpec, at now: Timestamp) {
        let stretch = now - sampledAt
        guard phase == .running, stretch >= Self.sampleStretch else { return }
        let seconds = Double(stretch.nanoseconds) / 1e9
        let usage = spec.usage
        // Whoever waits for the processor wants it as well.
        let asking = completions + (spec.waitsForProcessor ? waiting : 0)
        let wanted = usage.idleMillicores + usage.millicoreSecondsPerRequest * Double(asking) / seconds + usage.millicoresPerQueuedRequest * Double(waiting)
        millicores = min(wanted, spec.limits.millicores ?? wanted)
        if wanted > millicores { throttledSeconds += seconds * (1 - millicores / wanted) }
        completions = 0
        receivedBytesPerSecond = Double(received) / seconds
        sentBytesPerSecond = Double(sent) / seconds
        (received, sent) = (0, 0)
        sampledAt = now
    }

    private static let sampleStretch = Duration.milliseconds(900)

    /// Whether time alone changes what it uses.
    func isUnsettled(_ spec: DeploymentSpec) -> Bool {
        guard phase == .running else { return phase != .ended && phase != .backOff }
        return !isReady || !isIdle || completions > 0 || receivedBytesPerSecond + sentBytesPerSecond > 0 || millicores > spec.usage.idleMillicores || mebibytes != spec.usage.idleMebibytes + leaked
    }
}
