import Foundation

@testable import Synthetics

/// The environment of the test process.
let machine = ProcessInfo.processInfo.environment

/// True where a real browser can be used.
let hasBrowser = (try? Programs(machine)) != nil
