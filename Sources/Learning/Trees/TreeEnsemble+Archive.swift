// Trees in a file that can be mapped and used in place.

package import Numerics

extension TreeEnsemble {
    static let magic = "HUNCHTRE"
    static let format: UInt32 = 1

    /// Packs trees; throws `.badTree` where splits and leaves are none.
    ///
    /// `featureNames` are as many as features, or none.
    package init(
        _ trees: [DecisionTree], featureCount: Int, bias: Double = 0,
        link: TreeLink = .identity, precision: Precision = .double, featureNames: [String] = []
    ) throws(TreeEnsembleError) {
        precondition(featureNames.isEmpty || featureNames.count == featureCount)
        guard featureCount <= Self.greatestFeatureCount else { throw .tooLarge }
        var packing = TreePacking()
        for (number, tree) in trees.enumerated() {
            do throws(TreeFault) {
                packing.append(try tree.ordered(featureCount: featureCount))
            } catch {
                throw .badTree(number, error)
            }
            guard packing.setWords.count <= Self.greatestSetWordCount else { throw .tooLarge }
        }
        guard packing.features.count <= Int32.max, packing.leafValues.count <= Int32.max else {
            throw .tooLarge
        }
        var writer = ArchiveWriter(magic: Self.magic, format: Self.format)
        packing.write(to: &writer)
        writer.add("counts", [UInt32(featureCount), precision.rawValue, link.code])
        writer.add("numbers", [bias, link.scale])
        let names = featureNames.map { $0.split(separator: "\n").joined(separator: " ") }
        writer.add("names", Array(names.joined(separator: "\n").utf8))
        try self.init(Memory(copying: writer.encoded().span))
    }

    /// Opens what `encoded` wrote, in place.
    ///
    /// All children are checked, so that no file can lead a walk out of the arrays or around.
    package init(_ memory: Memory) throws(TreeEnsembleError) {
        let archive: Archive
        do throws(ArchiveError) {
            archive = try Archive(memory, magic: Self.magic)
        } catch {
            throw .archive(error)
        }
        guard archive.format == Self.format else { throw .unknownFormat(archive.format) }
        archiveBytes = memory
        let counts = try archive.section("counts", of: UInt32.self)
        let numbers = try archive.section("numbers", of: Double.self)
        guard counts.count == 3, numbers.count == 2, numbers[0].isFinite,
            let precision = Precision(rawValue: counts[1]),
            counts[0] <= Self.greatestFeatureCount,
            let link = TreeLink(code: counts[2], scale: numbers[1])
        else { throw .badSection("counts") }
        featureCount = Int(counts[0])
        bias = numbers[0]
        self.precision = precision
        self.link = link
        featureNames = try archive.names(count: featureCount)
        splitStarts = try archive.section("split starts")
        leafStarts = try archive.section("leaf starts")
        features = try archive.section("features")
        flags = try archive.section("flags")
        thresholds = try archive.section("thresholds")
        lefts = try archive.section("lefts")
        rights = try archive.section("rights")
        gains = try archive.section("gains")
        covers = try archive.section("covers")
        leafValues = try archive.section("leaf values")
        leafCovers = try archive.section("leaf covers")
        setStarts = try archive.section("set starts")
        setWords = try archive.section("set words")
        treeCount = splitStarts.count - 1
        try checkSections()
        for tree in 0..<treeCount { try checkTree(tree) }
    }

    /// The bytes of an archive with the model.
    package func encoded() -> [UInt8] {
        archiveBytes.bytes.withUnsafeBytes { Array($0) }
    }

    private func checkSections() throws(TreeEnsembleError) {
        guard treeCount >= 0, splitStarts.rises(to: features.count) else {
            throw .badSection("split starts")
        }
        guard leafStarts.count == treeCount + 1, leafStarts.rises(to: leafValues.count) else {
            throw .badSection("leaf starts")
        }
        guard setStarts.rises(to: setWords.count) else { throw .badSection("set starts") }
        let splits = features.count
        guard flags.count == splits, thresholds.count == splits, lefts.count == splits,
            rights.count == splits, gains.count == splits, covers.count == splits
        else { throw .badSection("features") }
        guard leafCovers.count == leafValues.count else { throw .badSection("leaf covers") }
    }

    /// A walk must end: every split and leaf but the root has one parent, which comes before it.
    private func checkTree(_ tree: Int) throws(TreeEnsembleError) {
        let splits = splits(of: tree)
        let leaves = leaves(of: tree)
        guard leaves.count == splits.count + 1 else { throw .badSection("leaf starts") }
        // By split, then by leaf; −1 before its parent was met.
        var depths = [Int](repeating: -1, count: splits.count + leaves.count)
        if !splits.isEmpty { depths[0] = 0 }
        for (number, split) in splits.enumerated() {
            try checkSplit(split)
            let depth = depths[number]
            guard depth >= 0, depth < DecisionTree.maximumDepth else {
                throw .badSection("lefts")
            }
            for child in [Int(lefts[split]), Int(rights[split])] {
                let place = child >= 0 ? child : splits.count - 1 - child
                guard child < 0 || (child > number && child < splits.count),
                    depths.indices.contains(place), depths[place] < 0
                else { throw .badSection("lefts") }
                depths[place] = depth + 1
            }
        }
        for leaf in leaves {
            guard leafValues[leaf].isFinite else { throw .badSection("leaf values") }
            guard leafCovers[leaf] >= 0, leafCovers[leaf].isFinite else {
                throw .badSection("leaf covers")
            }
        }
    }

    private func checkSplit(_ split: Int) throws(TreeEnsembleError) {
        guard features[split] < featureCount else { throw .badSection("features") }
        guard flags[split] >> Flag.missingShift < MissingValues.allCases.count else {
            throw .badSection("flags")
        }
        guard covers[split] >= 0, covers[split].isFinite, !thresholds[split].isNaN else {
            throw .badSection("thresholds")
        }
        guard gains[split].isFinite else { throw .badSection("gains") }
        if isCategorical(split) {
            guard let set = Int(exactly: thresholds[split]), set >= 0, set < setStarts.count - 1
            else { throw .badSection("thresholds") }
        }
    }
}

extension TreeLink {
    fileprivate var code: UInt32 {
        switch self {
        case .identity: 0
        case .logistic: 1
        case .exponential: 2
        }
    }

    fileprivate var scale: Double {
        if case .logistic(let scale) = self { scale } else { 1 }
    }

    fileprivate init?(code: UInt32, scale: Double) {
        guard scale > 0, scale.isFinite else { return nil }
        switch code {
        case 0: self = .identity
        case 1: self = .logistic(scale: scale)
        case 2: self = .exponential
        default: return nil
        }
    }
}

extension Archive {
    fileprivate func section<Element: BitwiseCopyable & Sendable>(
        _ name: String, of: Element.Type = Element.self
    ) throws(TreeEnsembleError) -> Table<Element> {
        do throws(ArchiveError) {
            return try table(name)
        } catch {
            throw .archive(error)
        }
    }

    fileprivate func names(count: Int) throws(TreeEnsembleError) -> [String] {
        let table = try section("names", of: UInt8.self)
        guard table.count > 0 else { return [] }
        let text = (0..<table.count).map { table[$0] }
        let names = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard names.count == count else { throw .badSection("names") }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Table<UInt32> {
    /// Whether these are the borders of consecutive ranges that cover 0..<end.
    fileprivate func rises(to end: Int) -> Bool {
        guard count > 0, self[0] == 0, self[count - 1] == end else { return false }
        return (1..<count).allSatisfy { self[$0 - 1] <= self[$0] }
    }
}
