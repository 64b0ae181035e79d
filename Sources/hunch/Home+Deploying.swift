// Putting versions into use, on the running server or on the files.

import JSON
import Reactor
import Registry
import Wire

extension Home {
    /// What came of a deployment.
    struct Deployed {
        let reference: ModelReference
        /// What was in use before; nil for nothing.
        let previous: String?
        /// Whether a running server has switched, rather than the files been changed.
        let isLive: Bool

        /// Where it was done, for people.
        var place: String { isLive ? "on the running server" : "in the files; no server runs" }
    }

    /// Puts a version into use in the environment, tested unless it is a return.
    ///
    /// `documents` nil is wherever the model is in use. The registry refuses what falls short.
    func deploy(
        _ reference: ModelReference, documents: [String]? = nil, tags: [String]? = nil,
        force: String? = nil, isReturn: Bool = false, rollout: JSONValue? = nil
    ) throws -> Deployed {
        if !isReturn {
            try BehaviouralTests(of: reference.name, in: registry)?.run(on: reference, in: registry)
        }
        let request = ClientMessage.Body.deploy(
            .init(
                model: reference.name, version: reference.version, documents: documents,
                tags: tags, force: force, rollout: rollout))
        if let reply = try askServer(request), case .deployed(let deployed) = reply.body {
            return Deployed(reference: reference, previous: deployed.previous, isLive: true)
        }
        let known = try registry.environment(environment)
        let previous = known.models.first { $0.reference.name == reference.name }
        if let rollout {
            let members: [(key: String, value: JSONValue)] = [
                ("name", .string(reference.name)), ("version", .string(reference.version)),
                ("since", .number(Double(wallClockMicroseconds()))), ("by", .string(Self.user)),
            ]
            _ = try registry.begin(
                Rollout(.object((rollout.object ?? []) + members)), in: environment, force: force)
            return Deployed(
                reference: reference, previous: previous?.reference.description, isLive: false)
        }
        for pattern in documents.map({ $0.map(DocumentPattern.init) }) ?? [nil] {
            try registry.deploy(
                reference, to: environment, documents: pattern, tags: tags, force: force,
                by: Self.user, time: Int(wallClockMicroseconds()))
        }
        return Deployed(
            reference: reference, previous: previous?.reference.description, isLive: false)
    }
}
