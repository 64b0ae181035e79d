// A lexical model in a file that can be mapped and used in place.

import Numerics

extension LexicalModel {
    /// Opens the sections of a model with `classCount` classes; the tables stay where they are.
    ///
    /// Walks over all slots of the vocabulary once.
    init(_ archive: Archive, classCount: Int) throws(ArtifactError) {
        precondition(classCount > 0)
        self.classCount = classCount
        // Earlier models and those of other kinds do without.
        let unknown =
            archive.has("unknown") ? try archive.section("unknown", of: Float.self).elements : [0]
        guard unknown.count == 1, unknown[0].isFinite else { throw .badSection("unknown") }
        unknownWeight = unknown[0]
        features = try archive.section("features")
        rows = try archive.section("rows")
        guard features.count.isMultiple(of: 2) else { throw .badSection("features") }
        guard rows.count == features.count / 2 * classCount + vectorLanes else {
            throw .badSection("rows")
        }
        vocabulary = try Vocabulary(
            slots: archive.section("slots"), rowCount: features.count / 2)
    }

    /// Adds the sections that `init(_:classCount:)` opens.
    func write(to writer: inout ArchiveWriter) {
        if unknownWeight != 0 { writer.add("unknown", [unknownWeight]) }
        writer.add("slots", vocabulary.slots.elements)
        writer.add("features", features.elements)
        writer.add("rows", rows.elements)
    }

    /// Takes over fitted weights, shape (features, stride), each row rounded to 8 bits in a unit of
    /// its own.
    ///
    /// `weights` and `hashes` give the weight and the hash of the n-gram of each feature; rows past
    /// those are left out. With a vocabulary to go on from, `hashes` are those of the features after
    /// its own. `unknownWeight` is what others weigh.
    init(
        fitted: [Float], stride: Int, classCount: Int, weights: [Float], hashes: [UInt64],
        after known: Vocabulary? = nil, unknownWeight: Float = 0
    ) {
        var features: [Float] = []
        var rows: [Int8] = []
        for feature in weights.indices {
            let row = fitted[feature * stride..<feature * stride + classCount]
            let greatest = row.reduce(0) { max($0, abs($1)) }
            let unit = greatest > 0 ? greatest / 127 : 1
            features += [weights[feature], unit]
            rows += row.map { Int8(($0 / unit).rounded()) }
        }
        rows += repeatElement(0, count: vectorLanes)
        var writer = ArchiveWriter(magic: "lexical\n", format: 0)
        if unknownWeight != 0 { writer.add("unknown", [unknownWeight]) }
        writer.add("slots", Vocabulary.slots(for: hashes, after: known))
        writer.add("features", features)
        writer.add("rows", rows)
        do {
            let memory = Memory(copying: writer.encoded().span)
            try self.init(Archive(memory, magic: "lexical\n"), classCount: classCount)
        } catch {
            preconditionFailure("sections just written cannot be read: \(error)")
        }
    }
}
