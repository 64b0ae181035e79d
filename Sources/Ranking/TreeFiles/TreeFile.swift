// A model of boosted trees that was trained elsewhere.

package import Learning

/// What a file of LightGBM or XGBoost says, before it is packed for rows of some features.
package struct TreeFile: Sendable {
    /// The library that wrote the file.
    package enum Origin: String, Sendable {
        case lightGBM = "LightGBM"
        case xgBoost = "XGBoost"
    }

    package let origin: Origin
    /// Their splits ask for features by places among the file's.
    let trees: [DecisionTree]
    let featureCount: Int
    /// As many as features, or none.
    let featureNames: [String]
    var bias = 0.0
    let link: TreeLink
    var precision = TreeEnsemble.Precision.double
    /// The best round of a training that was stopped early, from 0, where the file says so.
    ///
    /// XGBoost keeps the trees of later rounds, and its `Booster.predict` counts them; LightGBM leaves them out.
    package var bestRound: Int?
}

extension TreeFile {
    /// Tells the library by how a file begins; nil where it is of neither.
    package static func origin(of file: RawSpan) -> Origin? {
        let head = (0..<min(file.byteCount, 64)).map {
            file.unsafeLoadUnaligned(fromByteOffset: $0, as: UInt8.self)
        }
        let line = head.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        if line.elementsEqual("tree".utf8), head.count > line.count { return .lightGBM }
        return head.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{") ? .xgBoost : nil
    }

    /// Reads a file of either library.
    package init(_ bytes: [UInt8]) throws(TreeFileError) {
        switch Self.origin(of: bytes.span.bytes) {
        case .lightGBM: self = try TreeFile(lightGBM: bytes)
        case .xgBoost: self = try TreeFile(xgBoost: bytes)
        case nil: throw .unknown
        }
    }

    /// Packs the trees for rows of the file's own features, in its order.
    package func ensemble() throws(TreeFileError) -> TreeEnsemble {
        try packed(trees, featureCount, featureNames)
    }

    /// Packs the trees for rows of these features, in this order, by their names.
    ///
    /// The file may have them in another order and lack some. A blank in a name may be `_` in the file, as
    /// LightGBM writes it.
    ///
    /// - Throws: `.noNames`, or `.unknownFeatures` where the file has a feature that the rows lack.
    package func ensemble(of names: [String]) throws(TreeFileError) -> TreeEnsemble {
        guard !featureNames.isEmpty else { throw .noNames }
        let places = featureNames.map { name in
            names.firstIndex(of: name)
                ?? names.firstIndex { $0.contains(" ") && $0.replacing(" ", with: "_") == name }
        }
        let unknown = zip(featureNames, places).filter { $0.1 == nil }.map(\.0)
        guard unknown.isEmpty else { throw .unknownFeatures(unknown, known: names) }
        var renumbered: [DecisionTree] = []
        for (number, tree) in trees.enumerated() {
            do throws(TreeFault) {
                renumbered.append(
                    try tree.asking { places.indices.contains($0) ? places[$0] : nil })
            } catch {
                throw .ensemble(.badTree(number, error))
            }
        }
        return try packed(renumbered, names.count, names)
    }

    private func packed(
        _ trees: [DecisionTree], _ count: Int, _ names: [String]
    ) throws(TreeFileError) -> TreeEnsemble {
        do throws(TreeEnsembleError) {
            return try TreeEnsemble(
                trees, featureCount: count, bias: bias, link: link, precision: precision,
                featureNames: names)
        } catch {
            throw .ensemble(error)
        }
    }
}

extension DecisionTree {
    /// The same tree for rows in which features have other places.
    fileprivate func asking(_ place: (Int) -> Int?) throws(TreeFault) -> DecisionTree {
        var result = DecisionTree(splits: [], leaves: leaves)
        for (number, split) in splits.enumerated() {
            guard let feature = place(split.feature) else {
                throw .noFeature(split.feature, split: number)
            }
            result.splits.append(
                Split(
                    feature: feature, rule: split.rule, missingGoesLeft: split.missingGoesLeft,
                    left: split.left, right: split.right, gain: split.gain, cover: split.cover))
        }
        return result
    }
}
