#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The programs that browser checks need, looked for on the path.
struct Programs: Sendable, Equatable {
    var driver: String
    var browser: String

    static let driverNames = ["chromedriver"]
    static let browserNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

    /// - Throws: `.absent` with what to install.
    init(_ environment: [String: String]) throws(BrowserProblem) {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        func find(_ names: [String]) -> String? {
            for name in names { for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" } }
            return nil
        }
        let (driver, browser) = (find(Self.driverNames), find(Self.browserNames))
        guard let driver, let browser else {
            let missing = [browser == nil ? "no Chromium" : nil, driver == nil ? "no chromedriver" : nil].compactMap { $0 }.joined(separator: " and ")
            throw .absent("\(missing) on this machine's PATH; install both, on Debian and Ubuntu: apt-get install chromium chromium-driver")
        }
        self.driver = driver
        self.browser = browser
    }
}
