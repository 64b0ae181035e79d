// What a recommender has learned, as bytes.

package import Numerics

extension Recommender {
    /// What it has learned of items and interactions; equal states give equal bytes.
    ///
    /// A recommender of the same definition that begins with it answers as this one does, to the last bit, also
    /// after further events.
    package var state: [UInt8] {
        var writer = StateWriter()
        catalog.write(to: &writer)
        store.write(to: &writer)
        return writer.bytes
    }

    /// Takes a state over, into a recommender that has learned nothing yet.
    ///
    /// - Throws: `.damaged` where it is no state of such a recommender; nothing is changed then.
    package mutating func begin(with state: [UInt8]) throws(ArchiveError) {
        var reader = StateReader(state)
        var catalog = Catalog(definition.rules)
        var store = FeatureStore(definition.declared)
        try catalog.read(&reader, corpus: definition.corpus)
        try store.read(&reader)
        try reader.finish()
        (self.catalog, self.store) = (catalog, store)
    }
}

extension RecommenderArtifact {
    /// The section of the state; the number rises with each change of its form, and a state of another form
    /// is as none.
    static let stateSection = "state.1"

    /// The same with the state that its items and events lead to, from which a recommender opens at once.
    package func withState() throws(RecommenderArtifactError) -> RecommenderArtifact {
        var artifact = self
        artifact.state = nil
        artifact.state = try Recommender(artifact).state
        return artifact
    }
}
