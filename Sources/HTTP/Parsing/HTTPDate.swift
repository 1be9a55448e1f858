import Base
import CCurl

/// Dates as header fields hold them.
public enum HTTPDate {
    /// Any of the forms that RFC 9110 §5.6.7 and older servers use, read by libcurl; nil for what is no date.
    public static func parse(_ text: some StringProtocol) -> Timestamp? {
        let seconds = curl_getdate(String(text), nil)
        return seconds == -1 ? nil : Timestamp(nanoseconds: Int64(seconds) &* 1_000_000_000)
    }
}
