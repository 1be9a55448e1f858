import Base
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The machine's Chromium: one driver process, started for the first browser that is asked for, and a session for each.
public actor ChromeBrowsers: BrowserSource {
    private nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let transport: any CheckTransport
    private let environment: [String: String]
    private var start: Task<Result<Running, BrowserProblem>, Never>?

    private struct Running: Sendable {
        var driver: ChromeDriver
        var client: WebDriverClient
        var programs: Programs
    }

    /// Longest time for a browser to start, on a busy machine.
    private static let patience = Duration.seconds(60)

    /// - Parameters:
    ///   - transport: Carries commands to the driver.
    ///   - environment: Says where programs are and where temporary files go.
    public init(_ transport: any CheckTransport, environment: [String: String], on loop: EventLoop) {
        self.transport = transport
        self.environment = environment
        self.loop = loop
    }

    public func open(_ capabilities: Capabilities) async throws(BrowserProblem) -> WebDriverSession {
        let running = try await running().get()
        var capabilities = capabilities
        capabilities.binary = running.programs.browser
        capabilities.hasSandbox = geteuid() != 0
        do throws(WebDriverError) {
            let session = try await running.client.open(capabilities, within: Self.patience)
            running.driver.noteProcesses()
            return session
        } catch {
            throw .failed("the browser does not start: \(error.message)")
        }
    }

    /// Several checks may ask at the same time; all get the same driver.
    private func running() async -> Result<Running, BrowserProblem> {
        if let start { return await start.value }
        let task = Task(executorPreference: loop) { [transport, environment, loop] in
            await Self.start(transport, environment, loop)
        }
        start = task
        return await task.value
    }

    /// The driver chooses a port that is free for IPv6 and gives up when another program has the same one for IPv4.
    private static let attempts = 5

    private static func start(_ transport: any CheckTransport, _ environment: [String: String], _ loop: EventLoop) async -> Result<Running, BrowserProblem> {
        do throws(BrowserProblem) {
            let programs = try Programs(environment)
            for _ in 1..<attempts {
                do throws(BrowserProblem) { return .success(try await start(programs, transport, environment, loop)) } catch {
                    guard case .failed(let words) = error, words.contains("port not available") else { throw error }
                }
            }
            return .success(try await start(programs, transport, environment, loop))
        } catch {
            return .failure(error)
        }
    }

    private static func start(
        _ programs: Programs, _ transport: any CheckTransport, _ environment: [String: String], _ loop: EventLoop
    ) async throws(BrowserProblem) -> Running {
        let driver: ChromeDriver
        do { driver = try ChromeDriver(programs, environment: environment, on: loop) } catch { throw .failed("\(error)") }
        do throws(BrowserProblem) {
            let port = try await driver.port()
            return Running(driver: driver, client: WebDriverClient(transport, baseURL: "http://127.0.0.1:\(port)"), programs: programs)
        } catch {
            await driver.stop()
            throw error
        }
    }

    /// Ends the driver and all browsers; returns when no process is left. The next browser starts a new driver.
    public func close() async {
        guard let start else { return }
        self.start = nil
        if case .success(let running) = await start.value { await running.driver.stop() }
    }
}
