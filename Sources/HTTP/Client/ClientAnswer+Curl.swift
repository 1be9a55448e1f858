import CCurl

extension ClientAnswer.Times {
    init(of easy: EasyHandle) {
        self.init()
        nameFound = easy.microseconds(CURLINFO_NAMELOOKUP_TIME_T)
        connected = easy.microseconds(CURLINFO_CONNECT_TIME_T)
        secured = easy.microseconds(CURLINFO_APPCONNECT_TIME_T)
        ready = easy.microseconds(CURLINFO_PRETRANSFER_TIME_T)
        sent = Int64(curl_get_sent_time(easy.pointer))
        firstByte = easy.microseconds(CURLINFO_STARTTRANSFER_TIME_T)
        end = easy.microseconds(CURLINFO_TOTAL_TIME_T)
        isReused = easy.number(CURLINFO_NUM_CONNECTS) == 0
    }
}
