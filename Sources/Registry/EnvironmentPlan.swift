// What differs between what an environment has and what it should have.

package import JSON

/// The changes that make one environment another.
///
/// It is empty exactly where both are equal. Tokens are told by the first digits of their SHA-256.
package struct EnvironmentPlan: Equatable, Sendable {
    package let changes: [EnvironmentChange]

    package var isEmpty: Bool { changes.isEmpty }

    /// The settings that a running server takes up when it starts again.
    package var restart: [EnvironmentChange] { changes.filter { !$0.setting.isLive } }

    package init(from current: Environment, to wanted: Environment) {
        changes = EnvironmentSetting.allCases.flatMap { setting in
            Self.changes(setting, current.rows(of: setting), wanted.rows(of: setting))
        }
    }

    private typealias Rows = [(name: String, value: String)]

    /// What was added, changed and removed; or only put in another order.
    private static func changes(
        _ setting: EnvironmentSetting, _ old: Rows, _ new: Rows
    ) -> [EnvironmentChange] {
        let (old, new) = (distinct(old), distinct(new))
        let before = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0.value) })
        let after = Dictionary(uniqueKeysWithValues: new.map { ($0.name, $0.value) })
        var changes: [EnvironmentChange] = []
        for row in new where before[row.name] != row.value {
            var (old, new) = (before[row.name], row.value)
            if setting == .experiments { old.map { (old, new) = parted($0, new) } }
            changes.append(.init(setting, row.name, before: old, after: new))
        }
        for row in old where after[row.name] == nil {
            changes.append(.init(setting, row.name, before: row.value, after: nil))
        }
        let names = [old, new].map { $0.map(\.name).joined(separator: ", ") }
        if changes.isEmpty, names[0] != names[1] {
            changes.append(.init(setting, "order", before: names[0], after: names[1]))
        }
        return changes
    }

    /// The members of two objects that differ.
    private static func parted(_ old: String, _ new: String) -> (String, String) {
        guard let before = try? JSONValue(parsing: old), let after = try? JSONValue(parsing: new)
        else { return (old, new) }
        func rest(_ value: JSONValue, without other: JSONValue) -> String {
            JSONValue.object((value.object ?? []).filter { other[$0.key] != $0.value }).description
        }
        return (rest(before, without: after), rest(after, without: before))
    }

    /// Counts what stands twice.
    private static func distinct(_ rows: Rows) -> Rows {
        var seen: [String: Int] = [:]
        return rows.map { row in
            seen[row.name, default: 0] += 1
            let count = seen[row.name] ?? 1
            return (count == 1 ? row.name : "\(row.name) (\(count))", row.value)
        }
    }
}

/// What an environment consists of.
package enum EnvironmentSetting: String, CaseIterable, Sendable {
    case model, limit, key, origin, review, schedule, protected, branch, port
    case rollouts, experiments

    /// Those that a server keeps in memory: it does not see that the file was changed by others.
    package static let kept: [EnvironmentSetting] =
        [.limit, .key, .origin, .review, .protected, .port]

    /// Whether a running server takes up at once what is applied, and not when it starts again.
    package var isLive: Bool {
        switch self {
        case .model, .key, .origin, .schedule, .protected, .branch, .rollouts, .experiments: true
        case .limit, .review, .port: false
        }
    }
}

/// One change; what is not there on one side is nil.
package struct EnvironmentChange: Equatable, Sendable, CustomStringConvertible {
    package let setting: EnvironmentSetting
    /// Which of them: the limit, the model and its documents, the digest of a token.
    package let name: String
    package let before: String?
    package let after: String?

    init(_ setting: EnvironmentSetting, _ name: String, before: String?, after: String?) {
        self.setting = setting
        self.name = name
        self.before = before
        self.after = after
    }

    /// As in `~ limit history: 100 → 200`.
    package var description: String {
        let title = name.isEmpty ? setting.rawValue : "\(setting.rawValue) \(name)"
        switch (before, after) {
        case (let before?, let after?): return "~ \(title): \(before) → \(after)"
        case (nil, let after?): return "+ \(title): \(after)"
        case (let before?, nil): return "- \(title): \(before)"
        case (nil, nil): return title
        }
    }

    package var json: JSONValue {
        [
            "setting": .string(setting.rawValue), "name": .string(name),
            "before": before.map { .string($0) } ?? .null,
            "after": after.map { .string($0) } ?? .null, "live": .boolean(setting.isLive),
        ]
    }
}

extension Environment {
    /// What a server keeps in memory, by the first digits of the SHA-256 of each setting.
    ///
    /// Equal settings have equal ones, in whichever order limits stand.
    package var settingDigests: JSONValue {
        .object(
            EnvironmentSetting.kept.map { setting in
                let rows = rows(of: setting).map {
                    JSONValue.array([.string($0.name), .string($0.value)])
                }
                let digest = Digest(of: JSONValue.array(rows).serialized())
                return (setting.rawValue, .string(String(digest.hexadecimal.prefix(12))))
            })
    }

    /// The settings that a server with these digests runs with otherwise.
    package func settings(otherThan digests: JSONValue) -> [EnvironmentSetting] {
        EnvironmentSetting.kept.filter { setting in
            digests[setting.rawValue].map { $0 != settingDigests[setting.rawValue] } ?? false
        }
    }

    /// A setting as rows of texts: equal rows mean equal settings.
    fileprivate func rows(of setting: EnvironmentSetting) -> [(name: String, value: String)] {
        switch setting {
        case .model: models.map { ("\($0.line) on \($0.documents)", $0.use) }
        case .limit:
            limits.map { ($0.key.rawValue, String($0.value)) }.sorted { $0.0 < $1.0 }
        case .key: keys.map { ($0.digest, $0.rights) }
        case .origin: origins.map { ($0, "allowed") }
        case .review: [("", "below \(review.confidence), \(review.kept) kept")]
        case .schedule: schedules.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
        case .protected: [("", String(isProtected))]
        case .branch: [("", branch)]
        case .port: port.map { [("", String($0))] } ?? []
        case .rollouts: rollouts.map { ($0.reference.description, $0.json.description) }
        case .experiments:
            experiments.map { ($0["name"]?.string ?? "", $0.description) }
        }
    }
}

extension DeployedModel {
    fileprivate var use: String {
        let list = tags.map { JSONValue.array($0.map { .string($0) }).description }
        return list.map { "\(reference.version), tags \($0)" } ?? reference.version
    }
}

extension AccessKey {
    /// The first digits of the SHA-256 of the token.
    package var digest: String {
        String(Digest(of: Array(token.utf8)).hexadecimal.prefix(12))
    }

    /// Everything but the token.
    fileprivate var rights: String {
        var members: [(key: String, value: JSONValue)] = [("role", .string(role.rawValue))]
        if let user { members.append(("user", .string(user))) }
        if let documents {
            members.append(("documents", .array(documents.map { .string($0.text) })))
        }
        if !groups.isEmpty { members.append(("groups", .array(groups.map { .string($0) }))) }
        return JSONValue.object(members).description
    }
}
