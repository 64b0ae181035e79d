// The text of environment.json.

import JSON

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
        try file.checkKeys(
            [
                "models", "limits", "keys", "origins", "review", "protected", "branch", "port",
                "rollouts",
            ])
        self.init()
        self.isProtected = try file["protected"]?.boolean() ?? isProtected
        branch = try file["branch"]?.string() ?? branch
        port = try file["port"]?.integer(in: 1...65535)
        models = try Self.list(file["models"], Self.model)
        limits = try file["limits"].map(Self.limits) ?? [:]
        keys = try Self.list(file["keys"], Self.key)
        origins = try Self.list(file["origins"]) { node throws(RegistryError) in
            try node.string()
        }
        review = try file["review"].map(Self.review) ?? Review()
        rollouts = try Self.list(file["rollouts"]) { node throws(RegistryError) in
            try Rollout(node)
        }
    }

    /// The text; equal environments have equal ones.
    package var serialized: [UInt8] {
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
        return JSONValue.object(file).serialized(pretty: true)
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
        try node.checkKeys(["name", "version", "documents", "tags"])
        let reference = try ModelReference(
            name: node.member("name").name(), version: node.member("version").name())
        let documents = try node["documents"].map { node throws(RegistryError) in
            try node.string()
        }
        let tags = try node["tags"].map { node throws(RegistryError) in
            try list(node) { node throws(RegistryError) in try node.string() }
        }
        return DeployedModel(
            reference: reference, documents: DocumentPattern(documents ?? "*"), tags: tags)
    }

    private static func limits(_ node: JSONNode) throws(RegistryError) -> [EnvironmentLimit: Int] {
        try node.checkKeys(EnvironmentLimit.allCases.map(\.rawValue))
        var limits: [EnvironmentLimit: Int] = [:]
        for limit in EnvironmentLimit.allCases {
            limits[limit] = try node[limit.rawValue]?.integer(in: 1 ... .max)
        }
        return limits
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
        return AccessKey(
            token: try node.member("token").string(), role: role,
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
