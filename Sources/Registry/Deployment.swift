// One line of an environment's history.

import JSON

/// A version that was put into use, or taken out of it.
package struct Deployment: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    package let reference: ModelReference
    /// Nil if the version was meant for wherever the model was deployed already.
    package let documents: DocumentPattern?
    package let by: String
    /// The approved tags, where a new list was given.
    package let tags: [String]?
    /// Why a version that falls short was deployed all the same.
    package internal(set) var forced: String?
    /// What whoever did it said it was for.
    package let why: String?
    /// The branch for whose askers it was meant; nil if for all others.
    package let branch: String?
    /// Whether the documents were read by it no more from then on.
    package let isRemoval: Bool
    /// Whether it went back to what was live before, rather than on.
    package let isRollback: Bool

    /// What it has versions of: `name`, or `name@branch`.
    package var line: String { DeployedModel.line(reference.name, branch) }

    package init(
        time: Int, reference: ModelReference, documents: DocumentPattern?, by: String,
        tags: [String]? = nil, forced: String? = nil, why: String? = nil, branch: String? = nil,
        isRemoval: Bool = false, isRollback: Bool = false
    ) {
        self.isRollback = isRollback
        self.isRemoval = isRemoval
        self.branch = branch
        self.why = why
        self.tags = tags
        self.forced = forced
        self.time = time
        self.reference = reference
        self.documents = documents
        self.by = by
    }

    init(_ node: JSONNode) throws(RegistryError) {
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            reference: try ModelReference(
                name: node.member("model").name(), version: node.member("version").name()),
            documents: try node["documents"].map { node throws(RegistryError) in
                DocumentPattern(try node.string())
            },
            by: try node.member("by").string(),
            tags: try node["tags"].map { node throws(RegistryError) in
                var tags: [String] = []
                for element in try node.elements() { tags.append(try element.string()) }
                return tags
            },
            forced: try node["forced"].map { node throws(RegistryError) in try node.string() },
            why: try node["why"].map { node throws(RegistryError) in try node.string() },
            branch: try node["branch"]?.branch(),
            isRemoval: try node["removed"]?.boolean() ?? false,
            isRollback: try node["rollback"]?.boolean() ?? false)
    }

    var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("time", time)
        writer.field("model", reference.name)
        writer.field("version", reference.version)
        if let documents { writer.field("documents", documents.text) }
        writer.field("by", by)
        if let tags { writer.field("tags", JSONValue.array(tags.map { .string($0) })) }
        writer.field("forced", forced)
        writer.field("why", why)
        writer.field("branch", branch)
        if isRemoval { writer.field("removed", true) }
        if isRollback { writer.field("rollback", true) }
        writer.endObject()
        return writer.bytes
    }
}
