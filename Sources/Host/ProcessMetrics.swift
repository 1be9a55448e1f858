import Telemetry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the operating system says about this process, under OpenTelemetry's names for process metrics.
struct ProcessMetrics {
    private let metrics: Metrics
    private let memory: Metrics.Gauge
    private let time: Metrics.Counter

    init(_ metrics: Metrics) {
        self.metrics = metrics
        memory = metrics.gauge("process.memory.usage", help: "Memory of the process that is resident.", unit: "By")
        time = metrics.counter("process.cpu.time", help: "Processor time that the process has used.", unit: "s")
        seconds = Self.processorSeconds
    }

    /// The processor time that has been counted.
    private var seconds: Double

    mutating func refresh() {
        if let bytes = Self.residentBytes { metrics.set(memory, to: Double(bytes)) }
        let now = Self.processorSeconds
        metrics.add(now - seconds, to: time)
        seconds = now
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of `/proc/self/statm` counts resident pages (proc(5)); the kernel makes the text up, no disk is read.
    private static var residentBytes: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
    }
}
