import CCurl

/// What is watched on each of the library's sockets.
///
/// Between two exchanges on a connection that is kept alive the library gives a socket up and takes it again. Such a socket is parked until
/// the library has been served, so that the next exchange finds it still watched and costs no system call.
struct SocketTable {
    /// By descriptor: the library's `CURL_POLL_IN`, `CURL_POLL_OUT` or both; 0 while nothing is watched.
    private var watched: [UInt8] = []
    private var isParked: [Bool] = []
    private var parked: [Int32] = []

    /// - Returns: False when the descriptor is watched for exactly this.
    mutating func needsWatch(_ descriptor: Int32, for what: Int32) -> Bool {
        let index = Int(descriptor)
        if index >= watched.count {
            let more = index + 1 - watched.count
            watched += [UInt8](repeating: 0, count: more)
            isParked += [Bool](repeating: false, count: more)
        }
        isParked[index] = false
        if watched[index] == UInt8(what) { return false }
        watched[index] = UInt8(what)
        return true
    }

    mutating func park(_ descriptor: Int32) {
        let index = Int(descriptor)
        guard index < watched.count, watched[index] != 0, !isParked[index] else { return }
        isParked[index] = true
        parked.append(descriptor)
    }

    /// - Returns: True when the descriptor was watched, under its old or its new meaning.
    mutating func forget(_ descriptor: Int32) -> Bool {
        let index = Int(descriptor)
        guard index < watched.count, watched[index] != 0 else { return false }
        watched[index] = 0
        isParked[index] = false
        return true
    }

    /// Takes out the sockets that were given up and not taken again.
    mutating func takeParked(_ body: (Int32) -> Void) {
        guard !parked.isEmpty else { return }
        for descriptor in parked where isParked[Int(descriptor)] {
            watched[Int(descriptor)] = 0
            isParked[Int(descriptor)] = false
            body(descriptor)
        }
        parked.removeAll(keepingCapacity: true)
    }
}
