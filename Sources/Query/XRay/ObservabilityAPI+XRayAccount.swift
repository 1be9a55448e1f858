import Base
import HTTP
import Telemetry

/// Sampling rules, as SDKs ask for them, and groups.
extension ObservabilityAPI {
    // MARK: Sampling

    static func samplingRules(_ recorder: Recorder, _ names: XRayNames) -> Response {
        xrayAnswer { json in
            json.object { json in
                json.key("SamplingRuleRecords")
                json.array(SamplingRules(recorder.xray).records) { $1.write(to: &$0, names) }
            }
        }
    }

    /// How long an SDK waits until it reports again, in seconds.
    private static let reportInterval = 10

    /// A client gets the whole reservoir of a rule: which others there are is not known.
    func samplingTargets(_ question: Value, _ recorder: Recorder) throws(XRayError) -> Response {
        guard let reports = question["SamplingStatisticsDocuments"]?.elements else { throw XRayError(message: "SamplingStatisticsDocuments is missing.") }
        let rules = SamplingRules(recorder.xray)
        let time = try reports.map { report throws(XRayError) in try Self.time("Timestamp", report) }.max() ?? Timestamp(nanoseconds: 0)
        let now = now ?? time
        let asked = reports.map { $0["RuleName"]?.text ?? "" }
        return Self.xrayAnswer { json in
            json.object { json in
                json.key("SamplingTargetDocuments")
                json.array(rules.records.filter { asked.contains($0.name) }) { json, record in
                    json.object { json in
                        json.member("RuleName", record.name)
                        json.key("FixedRate")
                        json.value(Value.double(record.rule.rate))
                        json.member("ReservoirQuota", record.rule.reservoir)
                        // Good for two reports, as one may be late.
                        json.member("ReservoirQuotaTTL", now + .seconds(2 * Self.reportInterval))
                        json.member("Interval", Self.reportInterval)
                    }
                }
                json.member("LastRuleModification", rules.lastChange)
                json.key("UnprocessedStatistics")
                json.array(asked.filter { name in !rules.records.contains { $0.name == name } }) { json, name in
                    json.object { json in
                        json.member("RuleName", name)
                        json.member("ErrorCode", "404")
                        json.member("Message", "There is no such rule.")
                    }
                }
            }
        }
    }

    // MARK: Groups

    private static let groupLimit = 25

    func createGroup(_ question: Value, _ recorder: Recorder, _ names: XRayNames) throws(XRayError) -> Response {
        let name = question["GroupName"]?.text ?? ""
        let isValid = (1...32).contains(name.utf8.count) && name.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0 & 0xdf) || $0 == UInt8(ascii: "-") }
        guard isValid else { throw XRayError(message: "GroupName must have 1 to 32 letters, digits and dashes.") }
        let groups = recorder.xray.groups
        guard name != XRayAccount.Group.defaultName, !groups.contains(where: { $0.name == name }) else { throw XRayError(message: "The group \(name) already exists.") }
        guard groups.count < Self.groupLimit else { throw XRayError(message: "There are \(Self.groupLimit) groups already.") }
        var group = XRayAccount.Group(name: name, filter: "", created: now ?? Timestamp(nanoseconds: 0))
        try Self.change(&group, question)
        recorder.xray.groups.append(group)
        return Self.answer(group, names)
    }

    func updateGroup(_ question: Value, _ recorder: Recorder, _ names: XRayNames) throws(XRayError) -> Response {
        let position = try Self.position(question, recorder)
        var group = recorder.xray.groups[position]
        try Self.change(&group, question)
        recorder.xray.groups[position] = group
        return Self.answer(group, names)
    }

    static func deleteGroup(_ question: Value, _ recorder: Recorder) throws(XRayError) -> Response {
        recorder.xray.groups.remove(at: try position(question, recorder))
        return xrayAnswer { $0.object { _ in } }
    }

    static func group(_ question: Value, _ recorder: Recorder, _ names: XRayNames) throws(XRayError) -> Response {
        answer(try group(question, recorder) ?? XRayAccount.Group.standard, names)
    }

    static func groups(_ recorder: Recorder, _ names: XRayNames) -> Response {
        xrayAnswer { json in
            json.object { json in
                json.key("Groups")
                json.array([XRayAccount.Group.standard] + recorder.xray.groups) { $1.write(to: &$0, names) }
            }
        }
    }

    /// The filter of the group that a question names; everything when it names none.
    static func groupFilter(_ question: Value, _ recorder: Recorder) throws(XRayError) -> TraceFilter {
        guard question["GroupName"] != nil || question["GroupARN"] != nil, let group = try group(question, recorder) else { return .all }
        return .and([.arrivedSince(group.created), try filter(group.filter, recorder, groups: [])])
    }

    static func filter(_ text: String, _ recorder: Recorder, groups: [XRayAccount.Group]) throws(XRayError) -> TraceFilter {
        do { return try TraceFilterParser.parse(text, groups: groups) } catch { throw XRayError(message: "The filter expression is invalid: \(error)") }
    }

    /// Nil for the group that is always there.
    private static func group(_ question: Value, _ recorder: Recorder) throws(XRayError) -> XRayAccount.Group? {
        let name = question["GroupName"]?.text ?? question["GroupARN"].map { XRayAccount.Group.name(inARN: $0.text) } ?? ""
        if name == XRayAccount.Group.defaultName { return nil }
        guard let group = recorder.xray.groups.first(where: { $0.name == name }) else {
            throw XRayError(message: name.isEmpty ? "GroupName or GroupARN is missing." : "The group \(name) does not exist.")
        }
        return group
    }

    private static func position(_ question: Value, _ recorder: Recorder) throws(XRayError) -> Int {
        guard let group = try group(question, recorder), let position = recorder.xray.groups.firstIndex(of: group) else {
            throw XRayError(message: "The group \(XRayAccount.Group.defaultName) cannot be changed.")
        }
        return position
    }

    private static func change(_ group: inout XRayAccount.Group, _ question: Value) throws(XRayError) {
        if let filter = question["FilterExpression"]?.text {
            do { _ = try TraceFilterParser.parse(filter) } catch { throw XRayError(message: "The filter expression is invalid: \(error)") }
            group.filter = filter
        }
        let insights = question["InsightsConfiguration"]
        if let flag = insights?["InsightsEnabled"] { group.hasInsights = flag == true }
        if let flag = insights?["NotificationsEnabled"] { group.hasNotifications = flag == true }
        if group.hasNotifications, !group.hasInsights { throw XRayError(message: "Notifications need insights.") }
    }

    private static func answer(_ group: XRayAccount.Group, _ names: XRayNames) -> Response {
        xrayAnswer { json in
            json.object { json in
                json.key("Group")
                group.write(to: &json, names)
            }
        }
    }
}

extension XRayAccount.Group {
    fileprivate static let standard = XRayAccount.Group(name: defaultName, filter: "", created: Timestamp(nanoseconds: 0))

    fileprivate func write(to json: inout JSONWriter, _ names: XRayNames) {
        json.object { json in
            json.member("GroupName", name)
            json.member("GroupARN", names.group(name))
            if !filter.isEmpty { json.member("FilterExpression", filter) }
            json.key("InsightsConfiguration")
            json.object { json in
                json.member("InsightsEnabled", hasInsights)
                json.member("NotificationsEnabled", hasNotifications)
            }
        }
    }
}
