/// Sends a shop's telemetry somewhere. Belongs to the shop's loop.
public protocol TelemetryExporter: AnyObject {
    /// Sends now and then until the calling task is cancelled. What is left then goes out with `flush()`.
    ///
    /// Called by a method of the owner's actor in a task that prefers its loop: `Task(executorPreference: loop) { await self.runExporter() }`.
    func run() async
    /// Sends everything that is left, with one attempt: for the end of the program.
    func flush() async
}

extension OTLPTraceExporter: TelemetryExporter {}
