/// Another running host is found through the control file that this one was to write.
struct ControlFileInUse: Error, Equatable, CustomStringConvertible {
    let path: String
    let processID: Int

    var description: String {
        "another host (process \(processID)) is commanded through \(path); give this one a file of its own: SHOPHOST_CONTROL=FILE shophost ..., "
            + "or run both shops in one host: shophost --shop NAME=PACK:STATE --shop NAME=PACK:STATE"
    }
}
