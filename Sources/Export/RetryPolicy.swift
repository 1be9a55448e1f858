import Base
import HTTP

/// Decides what follows one attempt to deliver a batch.
struct RetryPolicy {
    enum Decision: Equatable {
        case delivered
        case retry(after: Duration)
        /// The batch is lost; the text says why.
        case giveUp(String)
    }

    enum Outcome {
        case response(ClientResponse)
        case failure(ClientError)
    }

    /// OTLP calls only these statuses temporary.
    private static let retryableStatuses: Set<Int> = [429, 502, 503, 504]
    private static let attemptLimit = 6
    private static let longestWait = Duration.seconds(30)

    /// Waits of 1, 2, 4, 8 and 16 seconds, each shortened by up to a half at random so that exporters do not return all at once.
    ///
    /// - Parameters:
    ///   - attempt: From 1.
    ///   - now: To understand a `Retry-After` that is a date.
    static func decide(after outcome: Outcome, attempt: Int, now: Timestamp, random: inout SeededRandom) -> Decision {
        switch outcome {
        case .response(let response) where (200...299).contains(response.status): return .delivered
        case .response(let response):
            let reason = "the back end answered \(response.status)"
            guard retryableStatuses.contains(response.status) else { return .giveUp(reason) }
            let asked = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: now) }
            return next(attempt, reason, asked: asked, &random)
        case .failure(let error):
            switch error {
            case .invalidURL, .cancelled, .tls: return .giveUp(error.description)
            default: return next(attempt, error.description, asked: nil, &random)
            }
        }
    }

    private static func next(_ attempt: Int, _ reason: String, asked: Duration?, _ random: inout SeededRandom) -> Decision {
        guard attempt < attemptLimit else { return .giveUp("\(reason), \(attempt) times") }
        if let asked { return .retry(after: min(asked, longestWait)) }
        let longest = Double(1 << (attempt - 1)) * 1_000
        return .retry(after: .milliseconds(exactly: longest * (0.5 + 0.5 * random.fraction())))
    }
}

/// The header of RFC 9110 §10.2.3: seconds, or a date.
enum RetryAfter {
    static func parse(_ text: String, now: Timestamp) -> Duration? {
        if let seconds = Int(text) { return seconds >= 0 ? .seconds(seconds) : nil }
        return seconds(ofHTTPDate: text).map { max(.zero, .seconds($0 - now.seconds)) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that senders may write today.
    private static func seconds(ofHTTPDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]),
            let month = CivilTime.monthNames.firstIndex(of: String(parts[2]))
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3 else { return nil }
        return days(year: year, month: Int64(month + 1), day: day) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
