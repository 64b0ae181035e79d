// The text of environment.json.

package import JSON

extension Environment {
    /// Reads the text strictly: a misspelt setting is an error and not a setting ignored.
    ///
    /// Where it does not say whether it is protected, it is as `isProtected` says.
    ///
    /// - Throws: `.invalidFile`, which names the file by `path`.
    package init(
        parsing bytes: [UInt8], path: String, isProtected: Bool = false
    ) throws(RegistryError) {
        let file = try JSONNode(parsing: bytes, path: path)
        try file.checkKeys(Self.members)
        self.init()
        self.isProtected = try file["protected"]?.boolean() ?? isProtected
        branch = try file["branch"]?.string() ?? branch
        port = try file["port"]?.integer(in: 1...65535)
        models = try Self.list(file["models"], Self.model)
        let twice = Dictionary(grouping: models) { "\($0.line) on \($0.documents.text)" }
            .first { $0.value.count > 1 }
        if let twice, let node = file["models"] { throw node.failure(.twice(twice.key)) }
        limits = try file["limits"].map(Self.limits) ?? [:]
        keys = try Self.list(file["keys"], Self.key)
        origins = try Self.list(file["origins"]) { node throws(RegistryError) in
            try node.string()
        }
        review = try file["review"].map(Self.review) ?? Review()
        rollouts = try Self.list(file["rollouts"]) { node throws(RegistryError) in
            try Rollout(node)
        }
        schedules = try file["schedules"].map(Self.schedules) ?? [:]
        experiments = try Self.list(file["experiments"]) { node throws(RegistryError) in
            node.value
        }
    }

    private static let members =
        ["models", "limits", "keys", "origins", "review", "protected", "branch", "port"]
        + ["schedules", "rollouts", "experiments"]

    /// Reads a text that declares some members: those that it leaves out are as in `current`.
    ///
    /// Rollouts are no matter of a declaration: they are as they are, whatever it says.
    ///
    /// - Throws: as `init(parsing:path:)`.
    package init(
        declaring bytes: [UInt8], path: String, over current: Environment
    ) throws(RegistryError) {
        let declared = try Environment(parsing: bytes, path: path)
        let said = Set(try JSONNode(parsing: bytes, path: path).value.object?.map(\.key) ?? [])
        self = current
        if said.contains("models") { models = declared.models }
        if said.contains("limits") { limits = declared.limits }
        if said.contains("keys") { keys = declared.keys }
        if said.contains("origins") { origins = declared.origins }
        if said.contains("review") { review = declared.review }
        if said.contains("protected") { isProtected = declared.isProtected }
        if said.contains("branch") { branch = declared.branch }
        if said.contains("port") { port = declared.port }
        if said.contains("schedules") { schedules = declared.schedules }
        if said.contains("experiments") { experiments = declared.experiments }
    }

    /// The text; equal environments have equal ones.
    package var serialized: [UInt8] { json.serialized(pretty: true) }

    /// The value that the text says.
    package var json: JSONValue {
        let limits = limits.sorted { $0.key.rawValue < $1.key.rawValue }
        var file: [(key: String, value: JSONValue)] = [
            ("models", .array(models.map(\.json))),
            (
                "limits",
                .object(limits.map { (key: $0.key.rawValue, value: .number(Double($0.value))) })
            ),
            ("keys", .array(keys.map(\.json))),
            ("origins", .array(origins.map(JSONValue.string))),
        ]
        if review != Review() { file.append(("review", review.json)) }
        file.append(("protected", .boolean(isProtected)))
        if isProtected || branch != "main" { file.append(("branch", .string(branch))) }
        if let port { file.append(("port", .number(Double(port)))) }
        if !rollouts.isEmpty { file.append(("rollouts", .array(rollouts.map(\.json)))) }
        if !schedules.isEmpty {
            let schedules = schedules.sorted { $0.key < $1.key }
            file.append(
                ("schedules", .object(schedules.map { ($0.key, .string($0.value.description)) })))
        }
        if !experiments.isEmpty { file.append(("experiments", .array(experiments))) }
        return .object(file)
    }

    private static func list<Element>(
        _ node: JSONNode?, _ read: (JSONNode) throws(RegistryError) -> Element
    ) throws(RegistryError) -> [Element] {
        guard let node else { return [] }
        var list: [Element] = []
        for element in try node.elements() { list.append(try read(element)) }
        return list
    }

    private static func model(_ node: JSONNode) throws(RegistryError) -> DeployedModel {
        try node.checkKeys(["name", "version", "documents", "tags", "branch"])
        let reference = try ModelReference(
            name: node.member("name").name(), version: node.member("version").name())
        let documents = try node["documents"].map { node throws(RegistryError) in
            try node.string()
        }
        let tags = try node["tags"].map { node throws(RegistryError) in
            try list(node) { node throws(RegistryError) in try node.string() }
        }
        return DeployedModel(
            reference: reference, documents: DocumentPattern(documents ?? "*"), tags: tags,
            branch: try node["branch"]?.branch())
    }

    private static func limits(_ node: JSONNode) throws(RegistryError) -> [EnvironmentLimit: Int] {
        try node.checkKeys(EnvironmentLimit.allCases.map(\.rawValue))
        var limits: [EnvironmentLimit: Int] = [:]
        for limit in EnvironmentLimit.allCases {
            limits[limit] = try node[limit.rawValue]?.integer(in: limit.range)
        }
        return limits
    }

    private static func schedules(_ node: JSONNode) throws(RegistryError) -> [String: Schedule] {
        let names = node.value.object?.map(\.key) ?? []
        try node.checkKeys(names)
        var schedules: [String: Schedule] = [:]
        for name in names {
            let member = try node.member(name)
            guard isName(name) else { throw member.failure(.invalidName(name)) }
            guard let schedule = Schedule(try member.string()) else {
                throw member.failure(.wrongType(wanted: "a time such as \(Schedule.forms)"))
            }
            schedules[name] = schedule
        }
        return schedules
    }

    private static func review(_ node: JSONNode) throws(RegistryError) -> Review {
        try node.checkKeys(["confidence", "kept"])
        var review = Review()
        if let confidence = node["confidence"] { review.confidence = try confidence.share() }
        review.kept = try node["kept"]?.integer(in: 0...1_000_000) ?? review.kept
        return review
    }

    private static func key(_ node: JSONNode) throws(RegistryError) -> AccessKey {
        let role = try node.member("role").choice(of: AccessKey.Role.self)
        // An operator sees the events of all documents.
        try node.checkKeys(
            ["token", "role", "user", "groups"] + (role == .editor ? ["documents"] : []))
        let token = try node.member("token")
        guard try !token.string().isEmpty else {
            throw token.failure(.wrongType(wanted: "a text that is not empty"))
        }
        return AccessKey(
            token: try token.string(), role: role,
            user: try node["user"]?.string(),
            documents: try node["documents"].map { node throws(RegistryError) in
                try list(node) { node throws(RegistryError) in
                    DocumentPattern(try node.string())
                }
            },
            groups: try node["groups"].map { node throws(RegistryError) in
                try list(node) { node throws(RegistryError) in try node.string() }
            } ?? [])
    }
}

extension DeployedModel {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(reference.name)), ("version", .string(reference.version)),
            ("documents", .string(documents.text)),
        ]
        if let tags { members.append(("tags", .array(tags.map(JSONValue.string)))) }
        if let branch { members.append(("branch", .string(branch))) }
        return .object(members)
    }
}

extension Environment.Review {
    fileprivate var json: JSONValue {
        ["confidence": .number(confidence), "kept": .number(Double(kept))]
    }
}

extension AccessKey {
    fileprivate var json: JSONValue {
        var members = [
            (key: "token", value: JSONValue.string(token)),
            (key: "role", value: .string(role.rawValue)),
        ]
        if let user { members.append((key: "user", value: .string(user))) }
        if let documents {
            let patterns = documents.map { JSONValue.string($0.text) }
            members.append((key: "documents", value: .array(patterns)))
        }
        if !groups.isEmpty {
            members.append((key: "groups", value: .array(groups.map(JSONValue.string))))
        }
        return .object(members)
    }
}
